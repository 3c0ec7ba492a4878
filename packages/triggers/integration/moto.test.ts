// The real SDKs, their retries on, against moto: a function, a queue and a mapping are made there. moto is kinder than Lambda;
// where, is written down and held to below.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'

import { Lambda } from '@aws-sdk/client-lambda'
import { SQS } from '@aws-sdk/client-sqs'
import { activate, apply, cordon, drained, systemClock, waitFor } from '@cutover/triggers'
import { lambdaFunction } from '@cutover/triggers/aws'
import { listenersConformance } from '@cutover/triggers/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const missing = spawnSync('moto_server', ['--help']).status !== 0
if (missing) {
  const text = "moto_server is not installed: pip install 'moto[server]'"
  if (process.env['CUTOVER_REQUIRE_SERVERS'] === '1') throw new Error(text)
  console.warn(`skipped: ${text}`)
}

/** An empty ZIP archive: moto runs nothing of it. */
const emptyZip = Uint8Array.from([0x50, 0x4b, 5, 6, ...Array.from({ length: 18 }, () => 0)])

describe.skipIf(missing)('moto', () => {
  let server: ChildProcess
  let client: Lambda
  let sqs: SQS
  let made = 0

  beforeAll(async () => {
    const port = await freePort()
    server = spawn('moto_server', ['-H', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' })
    const endpoint = `http://127.0.0.1:${port}`
    await answers(endpoint)
    await fetch(`${endpoint}/moto-api/config`, { method: 'POST', body: '{"lambda":{"use_docker":false}}' })
    await createRole(endpoint)
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' }
    client = new Lambda({ endpoint, region: 'us-east-1', credentials })
    sqs = new SQS({ endpoint, region: 'us-east-1', credentials })
  })

  afterAll(async () => {
    server.kill()
    await once(server, 'exit')
  })

  /** A function of its own with two queues, and a mapping for each. */
  const setUp = async (reserved?: number) => {
    made += 1
    const functionName = `orders-${made}`
    await client.createFunction({
      FunctionName: functionName,
      Runtime: 'nodejs22.x',
      Role: 'arn:aws:iam::123456789012:role/orders',
      Handler: 'index.handler',
      Timeout: 7,
      Code: { ZipFile: emptyZip },
    })
    const urls: string[] = []
    for (const queue of [`orders-${made}`, `audit-${made}`]) {
      const { QueueUrl: url = '' } = await sqs.createQueue({ QueueName: queue })
      urls.push(url)
      const EventSourceArn = `arn:aws:sqs:us-east-1:123456789012:${queue}`
      await client.createEventSourceMapping({ FunctionName: functionName, EventSourceArn, Enabled: true })
    }
    if (reserved !== undefined) {
      await client.putFunctionConcurrency({ FunctionName: functionName, ReservedConcurrentExecutions: reserved })
    }
    const listeners = lambdaFunction({
      client,
      sqs,
      functionName,
      triggers: {
        queue: { sqs: `orders-${made}`, queueUrl: urls[0] },
        audit: { sqs: `audit-${made}` },
        api: { http: true },
      },
      switchMs: 5_000,
      pollMs: 20,
    })
    const gone = lambdaFunction({
      client,
      functionName: 'gone',
      triggers: { queue: { eventSourceMapping: '404' }, audit: { http: true }, api: { http: true } },
    })
    return { listeners, functionName, url: urls[0] ?? '', gone }
  }

  const sides = {
    'a mapping': async () => {
      const { listeners, gone } = await setUp()
      return { listeners, name: 'queue', other: 'audit', missing: { listeners: gone, name: 'queue' } } as const
    },
    'a function with a reserved concurrency': async () => {
      const { listeners, gone } = await setUp(5)
      return { listeners, name: 'api', other: 'queue', missing: { listeners: gone, name: 'api' } } as const
    },
    'a function without one': async () => {
      const { listeners } = await setUp()
      return { listeners, name: 'api', other: 'queue' } as const
    },
  }
  for (const [side, listening] of Object.entries(sides)) {
    for (const { name, run } of listenersConformance({ listening })) test(`${side} of moto ${name}`, run)
  }

  test('what SQS counts decides whether it is drained, and how many wait', async () => {
    const { listeners, url } = await setUp()
    const cordoned = await apply(cordon(listeners, 'queue'))
    await sqs.sendMessage({ QueueUrl: url, MessageBody: 'taken' })
    await sqs.sendMessage({ QueueUrl: url, MessageBody: 'waits' })
    const { Messages: taken = [] } = await sqs.receiveMessage({ QueueUrl: url, MaxNumberOfMessages: 1 })
    const isDrained = drained(listeners, ['queue'], { quiet: '100ms' })

    const before = waitFor(isDrained)
    await expect(before).rejects.toMatchObject({
      code: 'CHECK_UNDECIDED',
      message: expect.stringMatching(/1 in flight/),
    })
    await sqs.deleteMessage({ QueueUrl: url, ReceiptHandle: taken[0]?.ReceiptHandle })

    const { evidence } = await waitFor(isDrained, { within: '5s', every: '50ms' })
    expect(evidence).toEqual({ blockedBy: [], waiting: { queue: 1 } })
    await cordoned.revert()
  })

  test('a function that was stopped by hand, by concurrency, is started as if it had never been', async () => {
    const { listeners, functionName } = await setUp(0)

    const { changed } = await apply(activate(listeners, 'api'))

    expect(changed).toBe(true)
    const { ReservedConcurrentExecutions: reserved } = await client.getFunctionConcurrency({
      FunctionName: functionName,
    })
    expect(reserved).toBe(undefined)
  })

  test('moto disables a mapping at once, so nothing is seen of Disabling', async () => {
    const { listeners } = await setUp()
    const startedAt = systemClock.monotonic()

    await apply(cordon(listeners, 'audit'))

    expect(systemClock.monotonic() - startedAt).toBeLessThan(2_000)
  })
})

/** A function needs a role that exists; moto tells the service by the scope of the signature, which it does not check. */
async function createRole(endpoint: string): Promise<void> {
  const authorization =
    'AWS4-HMAC-SHA256 Credential=test/20261120/us-east-1/iam/aws4_request, SignedHeaders=host, Signature=0'
  const policy = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } }],
  }
  const body = new URLSearchParams({
    Action: 'CreateRole',
    Version: '2010-05-08',
    RoleName: 'orders',
    AssumeRolePolicyDocument: JSON.stringify(policy),
  })
  const { status } = await fetch(endpoint, { method: 'POST', headers: { authorization }, body })
  if (status !== 200) throw new Error(`moto made no role: ${status}`)
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  probe.close()
  return port
}

async function answers(endpoint: string): Promise<void> {
  for (let attempt = 0; attempt < 300; attempt += 1) {
    if (
      await fetch(endpoint).then(
        () => true,
        () => false,
      )
    )
      return
    await systemClock.sleep(100)
  }
  throw new Error(`moto_server did not answer at ${endpoint} within 30 s`)
}
