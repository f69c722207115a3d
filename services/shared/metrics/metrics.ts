import { collectDefaultMetrics, Gauge, Registry } from 'prom-client'

export interface Metrics {
  readonly registry: Registry
  /** A number that is read whenever someone asks, rather than kept up to date. */
  gauge(name: string, help: string, read: () => Promise<number> | number): void
  close(): void
}

/** One registry per server, with the figures of its process: memory, CPU, event-loop delay. Names begin with `parley_`. */
export function createMetrics(): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry, prefix: 'parley_' })
  return {
    registry,
    gauge(name, help, read) {
      new Gauge({
        name: `parley_${name}`,
        help,
        registers: [registry],
        async collect() {
          this.set(await read())
        },
      })
    },
    close: () => registry.clear(),
  }
}
