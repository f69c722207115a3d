/**
 * A services process that serves nobody: it keeps the promises of contracts/embedded.ts, and breaks one of them when
 * the file name of its data directory says so. Forked by the tests of the supervisor.
 */
import { basename } from 'node:path'
import { ToServices } from '#contracts/embedded.ts'
import { CertificatePin } from '#contracts/invite.ts'

let flaw = 'none'
const say = (message: unknown) => process.send?.(message)

process.on('message', raw => {
  const message = ToServices.parse(raw)
  switch (message.type) {
    case 'start': {
      flaw = basename(message.dataDir)
      if (flaw === 'crashes-at-start') process.exit(7)
      if (flaw === 'never-ready') return
      if (flaw === 'explains' || (flaw === 'port-taken' && message.port !== 0)) {
        const error = { code: 'media-unavailable', message: 'The media worker is missing.' }
        return process.send?.({ type: 'failed', error }, undefined, {}, () => process.exit(1))
      }
      if (flaw === 'explains-and-hangs') {
        return say({ type: 'failed', error: { code: 'storage-failed', message: 'The disk is full.' } })
      }
      if (flaw === 'talks-nonsense') say({ type: 'nonsense', deep: [1, 2] })
      const port = message.port || 40_000
      const pin = CertificatePin.parse('P'.repeat(43))
      return say({
        type: 'ready',
        server: { addresses: [{ host: '127.0.0.1', port }], pin },
        mediaPort: message.mediaPort || 40_001,
      })
    }
    case 'ping':
      if (flaw !== 'hangs') say({ type: 'pong', id: message.id })
      return
    case 'mint-owner-token':
      if (flaw === 'crashes-at-token') process.exit(8)
      return say({ type: 'owner-token', id: message.id, ownerToken: `token ${message.id}` })
    case 'count-peers':
      return say({ type: 'peers', id: message.id, present: flaw === 'has-guests' ? 2 : 0 })
    case 'stop':
      // a stop that ends the meetings shows as another exit code
      if (message.keepMeetings) process.exit(3)
      if (flaw === 'will-not-stop') return
      say({ type: 'stopped' })
      process.exit(0)
  }
})
