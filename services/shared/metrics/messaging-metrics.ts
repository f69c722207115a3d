import { Counter, Histogram } from 'prom-client'
import type { Observe } from '../messaging/observer.ts'
import type { Metrics } from './metrics.ts'

/** 1 ms to 30 s: an in-process hand-over at one end, a task's usual timeout at the other. */
const SECONDS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30]

/** Turns what the messaging layer observes into counts and latencies by service and name. */
export function observeMessaging({ registry }: Metrics): Observe {
  const registers = [registry]
  const counter = <L extends string>(name: string, help: string, labelNames: L[]) =>
    new Counter({ name: `parley_messaging_${name}`, help, labelNames, registers })
  const histogram = <L extends string>(name: string, help: string, labelNames: L[]) =>
    new Histogram({ name: `parley_messaging_${name}`, help, labelNames, buckets: SECONDS, registers })

  const enqueued = counter('tasks_enqueued_total', 'Tasks accepted.', ['service', 'name'])
  const published = counter('events_published_total', 'Events published.', ['name'])
  const outcomes = counter('outcomes_total', 'How attempts at tasks and events ended.', [
    'service',
    'name',
    'kind',
    'outcome',
  ])
  const waits = histogram('wait_seconds', 'From when it was due until its handler began.', ['service', 'kind'])
  const runs = histogram('run_seconds', 'How long handlers ran.', ['service', 'name', 'kind'])
  const commits = histogram('commit_seconds', 'How long one durable write took.', [])

  return seen => {
    switch (seen.type) {
      case 'enqueued':
        return enqueued.inc({ service: seen.service, name: seen.name }, seen.count)
      case 'published':
        return published.inc({ name: seen.name })
      case 'committed':
        return commits.observe(seen.durationMs / 1_000)
      case 'handled':
        waits.observe({ service: seen.service, kind: seen.kind }, seen.waitMs / 1_000)
        runs.observe({ service: seen.service, name: seen.name, kind: seen.kind }, seen.runMs / 1_000)
        break
      case 'failed':
        runs.observe({ service: seen.service, name: seen.name, kind: seen.kind }, seen.runMs / 1_000)
        break
      case 'retried':
      case 'dead':
        break
    }
    outcomes.inc({ service: seen.service, name: seen.name, kind: seen.kind, outcome: seen.type })
  }
}
