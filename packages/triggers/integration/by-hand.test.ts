// The printed commands, run by the real AWS CLI against our Lambda control plane over HTTP, as a person would at night: in another
// process, which knows nothing.
import { execFile, spawnSync } from 'node:child_process'
import { promisify } from 'node:util'

import { Lambda } from '@aws-sdk/client-lambda'
import { apply, cordon, systemClock } from '@cutover/triggers'
import { lambdaFunction } from '@cutover/triggers/aws'
import { lambdaMachine, localLambda } from '@cutover/triggers/testing'
import { describe, expect, test } from 'vitest'

const missing = spawnSync('aws', ['--version']).status !== 0
if (missing) {
  const text = 'the AWS CLI is not installed: pip install awscli'
  if (process.env['CUTOVER_REQUIRE_SERVERS'] === '1') throw new Error(text)
  console.warn(`skipped: ${text}`)
}

const uuid = '1f0c9d2e-0000-4000-8000-000000000001'
const queueArn = 'arn:aws:sqs:us-east-1:123456789012:orders'
const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'not-a-real-key' }

async function setUp(reservedConcurrency?: number) {
  const machine = lambdaMachine({
    now: systemClock.now,
    functionName: 'orders',
    mappings: [
      { uuid: '1f0c9d2e-0000-4000-8000-000000000002', eventSourceArn: `${queueArn}-audit`, enabled: true },
      { uuid, eventSourceArn: queueArn, enabled: true },
    ],
    delaysMs: { disabling: 50, enabling: 50 },
    reservedConcurrency,
  })
  const server = await localLambda({ machine })
  const client = new Lambda({ endpoint: server.endpoint, region: 'us-east-1', credentials, maxAttempts: 1 })
  const parts = { client, functionName: 'orders', switchMs: 5_000, pollMs: 20 }
  const sides = (queue: string) =>
    lambdaFunction({ ...parts, triggers: { queue: { sqs: queue }, api: { http: true } } as const })
  const type = async (commands: readonly string[] = []): Promise<string> => {
    let printed = ''
    for (const command of commands) {
      const { stdout } = await promisify(execFile)('sh', ['-c', command], {
        env: {
          PATH: process.env['PATH'],
          HOME: '/nonexistent',
          AWS_ENDPOINT_URL: server.endpoint,
          AWS_DEFAULT_REGION: 'us-east-1',
          AWS_ACCESS_KEY_ID: credentials.accessKeyId,
          AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
        },
      })
      printed += stdout
      await systemClock.sleep(100)
    }
    return printed
  }
  const found = () => [machine.mappings().map(({ state }) => state), machine.reservedConcurrency()]
  return { machine, server, sides, type, found }
}

describe.skipIf(missing)('the AWS CLI', () => {
  test.each(['orders', queueArn])(
    'finds the mapping of the queue %s by itself, and enables it again',
    async (queue) => {
      const { server, sides, type, found } = await setUp()
      await using _ = server
      const before = found()
      await apply(cordon(sides(queue), 'queue'))
      const cordoned = found()
      // Another process: it has asked nothing.
      const byHand = cordon(sides(queue), 'queue').byHand?.({ enabled: true })

      const looked = await type(byHand?.look)
      await type(byHand?.revert)
      const undone = found()
      await type(byHand?.apply)

      expect(looked.trim()).toBe('"Disabled"')
      expect(undone).toEqual(before)
      expect(found()).toEqual(cordoned)
    },
  )

  test.each([undefined, 7])('puts a reserved concurrency of %s back', async (reserved) => {
    const { server, sides, type, found, machine } = await setUp(reserved)
    await using _ = server
    for (const { uuid: id } of machine.mappings()) machine.updateMapping(id, { enabled: false })
    await systemClock.sleep(100)
    const before = found()
    await apply(cordon(sides('orders'), 'api'))
    const cordoned = found()
    const byHand = cordon(sides('orders'), 'api').byHand?.(reserved === undefined ? {} : { reserved })

    await type(byHand?.revert)
    const undone = found()
    await type(byHand?.apply)
    const looked = await type(byHand?.look)

    expect(undone).toEqual(before)
    expect(found()).toEqual(cordoned)
    expect(JSON.parse(looked)).toEqual({ ReservedConcurrentExecutions: 0 })
  })
})
