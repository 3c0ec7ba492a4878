// The real SDKs, their retries on, against moto: Lambda variables and SSM parameters. moto is kinder than AWS: it has no RevisionId,
// which stands in for here, and an update of a function is over at once; the strict fake has both.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'

import { Lambda } from '@aws-sdk/client-lambda'
import { SSM } from '@aws-sdk/client-ssm'
import { apply, repointEndpoint, systemClock } from '@cutover/dns'
import { type LambdaLike, lambdaVariable } from '@cutover/dns/lambda'
import { ssmParameter } from '@cutover/dns/ssm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const missing = spawnSync('moto_server', ['--help']).status !== 0
if (missing) {
  const text = "moto_server is not installed: pip install 'moto[server]'"
  if (process.env['CUTOVER_REQUIRE_SERVERS'] === '1') throw new Error(text)
  console.warn(`skipped: ${text}`)
}

const from = 'https://d-1.execute-api.us-east-1.amazonaws.com/prod'
const to = 'https://orders.azurewebsites.net/prod'
/** An empty ZIP archive: moto runs nothing of it. */
const emptyZip = Uint8Array.from([0x50, 0x4b, 5, 6, ...Array.from({ length: 18 }, () => 0)])

describe.skipIf(missing)('moto', () => {
  let server: ChildProcess
  let lambda: Lambda
  let ssm: SSM

  beforeAll(async () => {
    const port = await freePort()
    server = spawn('moto_server', ['-H', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' })
    const endpoint = `http://127.0.0.1:${port}`
    await answers(endpoint)
    await fetch(`${endpoint}/moto-api/config`, { method: 'POST', body: '{"lambda":{"use_docker":false}}' })
    await createRole(endpoint)
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' }
    lambda = new Lambda({ endpoint, region: 'us-east-1', credentials })
    ssm = new SSM({ endpoint, region: 'us-east-1', credentials })
  })

  afterAll(async () => {
    server.kill()
    await once(server, 'exit')
  })

  const variablesOf = async (name: string) =>
    (await lambda.getFunctionConfiguration({ FunctionName: name })).Environment?.Variables

  test('a variable of a function moves, beside all others, and comes back', async () => {
    const found = { ORDERS_URL: from, DB_PASSWORD: 'not-a-real-secret', EMPTY: '' }
    await lambda.createFunction({
      FunctionName: 'shop',
      Runtime: 'nodejs22.x',
      Role: 'arn:aws:iam::123456789012:role/shop',
      Handler: 'index.handler',
      Timeout: 1,
      Description: 'kept',
      Code: { ZipFile: emptyZip },
      Environment: { Variables: found },
    })
    const events: unknown[] = []
    const client = {
      getFunctionConfiguration: async (...call: Parameters<LambdaLike['getFunctionConfiguration']>) => ({
        RevisionId: 'moto-has-none',
        ...(await lambda.getFunctionConfiguration(...call)),
      }),
      updateFunctionConfiguration: (...call: Parameters<LambdaLike['updateFunctionConfiguration']>) =>
        lambda.updateFunctionConfiguration(...call),
    }
    const url = lambdaVariable({ client, functionName: 'shop', variable: 'ORDERS_URL', pollMs: 20, lateMs: 50 })

    const moved = await apply(repointEndpoint(url, { to, from }), { onEvent: (event) => void events.push(event) })

    expect(await variablesOf('shop')).toEqual({ ...found, ORDERS_URL: to })
    expect((await lambda.getFunctionConfiguration({ FunctionName: 'shop' })).Description).toBe('kept')
    await moved.revert()
    expect(await variablesOf('shop')).toEqual(found)
    expect(JSON.stringify([events, moved.result])).not.toContain('not-a-real-secret')
  })

  test('a variable or a function that is not there is not made', async () => {
    await lambda.createFunction({
      FunctionName: 'bare',
      Runtime: 'nodejs22.x',
      Role: 'arn:aws:iam::123456789012:role/shop',
      Handler: 'index.handler',
      Code: { ZipFile: emptyZip },
    })

    for (const functionName of ['bare', 'gone']) {
      const url = lambdaVariable({ client: lambda, functionName, variable: 'ORDERS_URL' })
      await expect(apply(repointEndpoint(url, { to }))).rejects.toMatchObject({ code: 'DNS_ENDPOINT_NOT_FOUND' })
    }
    expect(await variablesOf('bare')).toBe(undefined)
  })

  test('a parameter moves, with all that stands beside its value, and comes back', async () => {
    const Name = '/shop/orders-url'
    const beside = { Description: 'Where orders are', AllowedPattern: '^https:.*', Tier: 'Advanced' } as const
    await ssm.putParameter({ Name, Value: from, Type: 'String', ...beside })
    const url = ssmParameter({ client: ssm, name: Name, callersKeepIt: '100ms' })
    const metadata = async () => {
      const { Parameters = [] } = await ssm.describeParameters({
        ParameterFilters: [{ Key: 'Name', Option: 'Equals', Values: [Name] }],
      })
      const { Description, AllowedPattern, Tier } = Parameters[0] ?? {}
      return { Description, AllowedPattern, Tier }
    }

    const moved = await apply(repointEndpoint(url, { to, from }))

    expect((await ssm.getParameter({ Name })).Parameter).toMatchObject({ Value: to, Version: 2, Type: 'String' })
    expect(await metadata()).toEqual(beside)
    await moved.revert()
    expect((await ssm.getParameter({ Name })).Parameter).toMatchObject({ Value: from, Version: 3 })
    expect(await metadata()).toEqual(beside)
  })

  test('a SecureString is refused, and one that is not there is not made', async () => {
    await ssm.putParameter({ Name: '/shop/key', Value: 'not-a-real-secret', Type: 'SecureString' })

    const secured = apply(repointEndpoint(ssmParameter({ client: ssm, name: '/shop/key' }), { to }))
    await expect(secured).rejects.toMatchObject({ code: 'DNS_ENDPOINT_UNSUPPORTED' })
    const gone = apply(repointEndpoint(ssmParameter({ client: ssm, name: '/shop/gone' }), { to }))
    await expect(gone).rejects.toMatchObject({ code: 'DNS_ENDPOINT_NOT_FOUND' })
  })

  test('an edit since is not overwritten on the way back', async () => {
    const Name = '/shop/edited'
    await ssm.putParameter({ Name, Value: from, Type: 'String' })
    const moved = await apply(repointEndpoint(ssmParameter({ client: ssm, name: Name, callersKeepIt: '1ms' }), { to }))
    await ssm.putParameter({ Name, Value: 'https://elsewhere.example.com', Overwrite: true })

    await expect(moved.revert()).rejects.toMatchObject({ code: expect.stringMatching(/FOREIGN|IN_DOUBT/) })
    expect((await ssm.getParameter({ Name })).Parameter?.Value).toBe('https://elsewhere.example.com')
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
    RoleName: 'shop',
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
    const found = await fetch(endpoint).then(
      () => true,
      () => false,
    )
    if (found) return
    await systemClock.sleep(100)
  }
  throw new Error(`moto_server did not answer at ${endpoint} within 30 s`)
}
