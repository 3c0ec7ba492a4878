// The real SDK against our own Lambda control plane over HTTP on this machine, with its retries on and off.
import { Lambda } from '@aws-sdk/client-lambda'
import { apply, cordon, isCutoverError, systemClock } from '@cutover/triggers'
import { lambdaFunction } from '@cutover/triggers/aws'
import { lambdaMachine, listenersConformance, localLambda } from '@cutover/triggers/testing'
import { afterAll, expect, test } from 'vitest'

const uuid = '1f0c9d2e-0000-4000-8000-000000000001'
const auditUuid = '1f0c9d2e-0000-4000-8000-000000000002'
const sqsArn = 'arn:aws:sqs:us-east-1:123456789012'
const secret = 'wJalrXUtnFEMI-not-a-real-key'
const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: secret, sessionToken: 'token-not-real' }
const delaysMs = { disabling: 80, enabling: 60 }

const servers: AsyncDisposable[] = []
afterAll(async () => {
  for (const server of servers) await server[Symbol.asyncDispose]()
})

async function setUp(options: { maxAttempts?: number; reservedConcurrency?: number; enabled?: boolean } = {}) {
  const { maxAttempts = 3, reservedConcurrency, enabled = true } = options
  const machine = lambdaMachine({
    now: systemClock.now,
    functionName: 'orders',
    mappings: [
      { uuid, eventSourceArn: `${sqsArn}:orders`, enabled },
      { uuid: auditUuid, eventSourceArn: `${sqsArn}:audit`, enabled },
    ],
    delaysMs,
    reservedConcurrency,
  })
  const server = await localLambda({ machine })
  servers.push(server)
  const client = new Lambda({ endpoint: server.endpoint, region: 'us-east-1', credentials, maxAttempts })
  const triggers = { queue: { sqs: 'orders' }, audit: { eventSourceMapping: auditUuid }, api: { http: true } } as const
  const listeners = lambdaFunction({ client, functionName: 'orders', triggers, switchMs: 5_000, pollMs: 20 })
  return { machine, server, client, listeners }
}

const rejection = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => undefined,
    (error: unknown) => error,
  )

for (const maxAttempts of [3, 1]) {
  const sides = {
    'a mapping': async () => {
      const { listeners, client } = await setUp({ maxAttempts })
      const gone = lambdaFunction({
        client,
        functionName: 'orders',
        triggers: { queue: { eventSourceMapping: '404' } },
      })
      return { listeners, name: 'queue', other: 'audit', missing: { listeners: gone as never, name: 'queue' } } as const
    },
    'a reserved concurrency': async () => {
      const { listeners } = await setUp({ maxAttempts, reservedConcurrency: 5, enabled: false })
      return { listeners, name: 'api', other: 'audit' } as const
    },
    'no reserved concurrency': async () => {
      const { listeners } = await setUp({ maxAttempts, enabled: false })
      return { listeners, name: 'api', other: 'queue' } as const
    },
  }
  for (const [side, listening] of Object.entries(sides)) {
    for (const { name, run } of listenersConformance({ listening })) {
      test(`the SDK with ${maxAttempts} attempts: ${side} ${name}`, run)
    }
  }
}

test('cordon and its undoing go through the states of the service', async () => {
  const { machine, server, listeners } = await setUp()

  const { result, revert } = await apply(cordon(listeners, 'queue'))

  expect(machine.mapping(uuid).state).toBe('Disabled')
  expect(result.at).toBeGreaterThanOrEqual(machine.mapping(uuid).lastModifiedAt)
  await revert()
  expect(machine.mapping(uuid).state).toBe('Enabled')
  expect(server.requests).toContain(`PUT /2015-03-31/event-source-mappings/${uuid}`)
})

test('a lost reply that the SDK retries meets the transition that it began, and is known to have happened', async () => {
  const { machine, server, listeners } = await setUp()
  const on = { enabled: true }
  await listeners.look('queue')
  server.loseReplies(0)
  const context = { clock: systemClock, signal: new AbortController().signal, report: () => {} }

  // The reply to the write itself is lost: the SDK sends it again.
  const error = await rejection(
    listeners.write('queue', { from: on, to: { enabled: false } }, { ...context, fence: () => server.loseReplies(1) }),
  )

  expect(isCutoverError(error, 'TRIGGERS_BUSY')).toBe(true)
  expect((await listeners.look('queue')).setting).toEqual({ enabled: false })
  expect(machine.switches()[uuid]).toBe(false)
})

test('a lost reply that nobody retries is unavailable, and may have happened', async () => {
  const { listeners, server, machine } = await setUp({ maxAttempts: 1 })
  const context = { clock: systemClock, signal: new AbortController().signal, report: () => {} }

  const error = await rejection(
    listeners.write(
      'queue',
      { from: { enabled: true }, to: { enabled: false } },
      { ...context, fence: () => server.loseReplies(1) },
    ),
  )

  expect(isCutoverError(error, 'TRIGGERS_UNAVAILABLE') && error.retryable).toBe(true)
  expect(machine.switches()[uuid]).toBe(false)
})

test('all mappings are found, however many pages', async () => {
  const many = Array.from({ length: 230 }, (_, place) => ({
    uuid: `mapping-${place}`,
    eventSourceArn: `${sqsArn}:queue-${place}`,
  }))
  const server = await localLambda({ machine: lambdaMachine({ now: () => 0, functionName: 'orders', mappings: many }) })
  servers.push(server)
  const client = new Lambda({ endpoint: server.endpoint, region: 'us-east-1', credentials })
  const listeners = lambdaFunction({ client, functionName: 'orders', triggers: { last: { sqs: 'queue-229' } } })

  const found = await listeners.look('last')

  expect(found.text).toBe('mapping mapping-229 of orders is Enabled')
  expect(server.requests).toHaveLength(4)
})

test('nobody listens at the port: unavailable, and no key in what is said', async () => {
  const client = new Lambda({ endpoint: 'http://127.0.0.1:9', region: 'us-east-1', credentials, maxAttempts: 1 })
  const listeners = lambdaFunction({ client, functionName: 'orders', triggers: { api: { http: true } } })

  const error = await rejection(listeners.look('api'))

  expect(isCutoverError(error, 'TRIGGERS_UNAVAILABLE')).toBe(true)
  expect(`${String(error)} ${JSON.stringify(error)}`).not.toContain(secret)
})
