import { expect, test } from 'vitest'
import { servicesEnvironment } from './services-environment.ts'

test('the services get what they need to run, and no secret of another program', () => {
  const environment = {
    PATH: '/bin',
    HOME: '/home/ada',
    MEDIASOUP_WORKER_BIN: '/opt/worker',
    PARLEY_LOG_LEVEL: 'debug',
    TZ: undefined,
    AWS_SECRET_ACCESS_KEY: 'secret',
    NODE_OPTIONS: '--require ./evil.js',
  }
  expect(servicesEnvironment(environment)).toEqual({
    PATH: '/bin',
    HOME: '/home/ada',
    MEDIASOUP_WORKER_BIN: '/opt/worker',
    PARLEY_LOG_LEVEL: 'debug',
  })
})
