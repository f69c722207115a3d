import { parentPort, workerData } from 'node:worker_threads'
import { GroupCommit } from './group-commit.ts'
import type { FromWriter, StoreOptions, ToWriter } from './protocol.ts'
import { openDatabase } from './schema.ts'
import { Store } from './store.ts'
import { StoreError } from './store-error.ts'

/** The thread that owns the messaging file, so that waiting for the disk stops nobody else. */
function serve(port: NonNullable<typeof parentPort>, options: StoreOptions): void {
  const post = (message: FromWriter) => port.postMessage(message)
  let commits: GroupCommit
  try {
    commits = new GroupCommit(new Store(openDatabase(options.file), options), options.nowMs, post)
  } catch (error) {
    if (!(error instanceof StoreError)) throw error
    post({ type: 'failed', error: error.app, detail: error.cause instanceof Error ? error.cause.message : '' })
    return
  }
  port.on('message', (message: ToWriter) => {
    if (message.type === 'ops') {
      commits.add(message.ops, message.nowMs)
      return
    }
    commits.close()
    post({ type: 'closed' })
    port.close()
  })
  post({ type: 'opened' })
}

if (parentPort) serve(parentPort, workerData)
