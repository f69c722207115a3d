import type { Channel, EventContract, ServiceName } from '#contracts/definitions.ts'
import { EventFeed, type FeedDeps } from '../../event-feed.ts'
import type { EventHandler } from '../../messaging.ts'
import type { CursorName, Report, StoredEvent, Tell } from './protocol.ts'

type Feed = EventFeed<StoredEvent>

/** The event feeds of this process: one for each service and channel, and one more for its deliveries to `each`. */
export class Feeds {
  readonly #durable = new Map<string, Feed>()
  /** Nothing is kept for these, so nothing is said about their end. */
  readonly #watching = new Map<string, { channel: Channel; feed: Feed }>()
  readonly #deps: FeedDeps
  readonly #tell: (op: Tell) => void

  constructor(deps: FeedDeps, tell: (op: Tell) => void) {
    this.#deps = deps
    this.#tell = tell
  }

  subscribe<P>(service: ServiceName, event: EventContract<P>, handler: EventHandler<P>): void {
    const { channel, name } = event
    this.#durableOf({ service, channel }).subscribe(event, handler)
    this.#tell({ op: 'subscribe', service, channel, name })
  }

  watch<P>(service: ServiceName, event: EventContract<P>, handler: EventHandler<P>): void {
    const { channel, name } = event
    const key = `${service}/${channel}`
    const watching = this.#watching.get(key) ?? { channel, feed: new EventFeed(service, this.#deps, () => {}) }
    this.#watching.set(key, watching)
    watching.feed.subscribe(event, handler)
    this.#tell({ op: 'watch', name })
  }

  deliver({ deliveries, watched }: Pick<Report, 'deliveries' | 'watched'>): void {
    for (const { cursor, events } of deliveries) this.#durableOf(cursor).push(events)
    for (const event of watched) {
      for (const { channel, feed } of this.#watching.values()) if (channel === event.channel) feed.push([event])
    }
  }

  get isIdle(): boolean {
    return this.#all().every(feed => feed.isIdle)
  }

  async settled(): Promise<void> {
    await Promise.all(this.#all().map(feed => feed.settled()))
  }

  stop(): void {
    for (const feed of this.#all()) feed.stop()
  }

  #all(): Feed[] {
    return [...this.#durable.values(), ...[...this.#watching.values()].map(({ feed }) => feed)]
  }

  #durableOf(cursor: CursorName): Feed {
    const key = `${cursor.service}/${cursor.channel}`
    const known = this.#durable.get(key)
    if (known) return known
    const feed = new EventFeed<StoredEvent>(cursor.service, this.#deps, ({ seq }, error) =>
      this.#tell(error ? { op: 'parked', cursor, seq, error } : { op: 'handled', cursor, seq }),
    )
    this.#durable.set(key, feed)
    return feed
  }
}
