// The real SDK, its retries on, against moto. moto is kinder than Route 53; where, is written down and held to below.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'

import { Route53 } from '@aws-sdk/client-route-53'
import { apply, dnsRecord, isCutoverError, lowerTtl, repoint, systemClock } from '@cutover/dns'
import { route53Zone } from '@cutover/dns/route53'
import { dnsZoneConformance } from '@cutover/dns/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const name = 'cutover.example'
const missing = spawnSync('moto_server', ['--help']).status !== 0
if (missing) {
  const text = "moto_server is not installed: pip install 'moto[server]'"
  if (process.env['CUTOVER_REQUIRE_SERVERS'] === '1') throw new Error(text)
  console.warn(`skipped: ${text}`)
}

/** What moto 5.2 lets through, or says otherwise, and Route 53 does not; these cases are held to by the strict fake. */
const anyEverMade = 'takes a DELETE of whatever was ever created'
const noneEverMade = 'takes no CREATE of what was ever there before, also not in the batch that deletes it'
const unlikeRoute53 = new Map([
  ['does not create what is there', 'takes a CREATE of what exists, and keeps both'],
  ['does not replace what has another value by now', anyEverMade],
  ['does not delete what has another value by now', anyEverMade],
  ['does not replace what has another TTL by now, if it compares TTLs', anyEverMade],
  ['does not delete what has another TTL by now, if it compares TTLs', anyEverMade],
  ['does not replace what is gone by now', anyEverMade],
  ['does not delete what is gone by now', anyEverMade],
  ['lets one of two win that replace the same at once', anyEverMade],
  ['does not replace weights that are others by now', anyEverMade],
  ['replaces none of several records when one of them is another by now', anyEverMade],
  ['replaces an A and an AAAA by a CNAME at once, and back', noneEverMade],
])
const whyNot = (title: string): string | undefined =>
  unlikeRoute53.get(title) ?? (/^puts .* back from what a journal kept/.test(title) ? noneEverMade : undefined)

describe.skipIf(missing)('moto', () => {
  let server: ChildProcess
  let client: Route53
  let hostedZoneId = ''

  beforeAll(async () => {
    const port = await freePort()
    server = spawn('moto_server', ['-H', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' })
    const endpoint = `http://127.0.0.1:${port}`
    await answers(endpoint)
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' }
    client = new Route53({ endpoint, region: 'us-east-1', credentials })
    const created = await client.createHostedZone({ Name: name, CallerReference: 'route53.test.ts' })
    hostedZoneId = created.HostedZone?.Id ?? ''
  })

  afterAll(async () => {
    server.kill()
    await once(server, 'exit')
  })

  for (const { name: title, run } of dnsZoneConformance({
    emptyZone: () => route53Zone({ client, hostedZoneId, name }),
    suffix: name,
  })) {
    const why = whyNot(title)
    if (why === undefined) test(`a zone of moto ${title}`, run)
    else
      test(`moto ${why}; a zone of Route 53 ${title}`, () =>
        expect(run()).rejects.toMatchObject({ code: why === noneEverMade ? 'DNS_CONFLICT' : 'CONFORMANCE_FAILED' }))
  }

  test('a name is moved', async () => {
    const zone = route53Zone({ client, hostedZoneId })
    const record = dnsRecord(zone, `api.${name}`, 'CNAME')
    const source = { name: record.name, type: 'CNAME', ttlSeconds: 300, values: ['source.example.net'] } as const
    await zone.replace(undefined, source)

    await apply(lowerTtl(record, { ttlSeconds: 30, until: 'authoritative' }))
    await apply(repoint(record, { to: 'orders.azurewebsites.net' }))

    const now = await zone.find(record.name, 'CNAME')
    expect(now?.set).toEqual({ ...source, ttlSeconds: 30, values: ['orders.azurewebsites.net'] })
  })

  // route53-sdk.test.ts moves a name back, as Route 53 allows it.
  test('moto takes no batch that creates again what was there before, whatever it deletes', async () => {
    const zone = route53Zone({ client, hostedZoneId })
    const source = { name: `back.${name}`, type: 'CNAME', ttlSeconds: 30, values: ['source.example.net'] } as const
    await zone.replace(undefined, source)
    await zone.replace(await zone.find(source.name, 'CNAME'), { ...source, values: ['target.example.net'] })

    const back = zone.replace(await zone.find(source.name, 'CNAME'), source)

    await expect(back).rejects.toMatchObject({
      code: 'DNS_CONFLICT',
      message: expect.stringMatching(/but it already exists/),
    })
  })

  test('a wildcard is found under its plain name', async () => {
    const zone = route53Zone({ client, hostedZoneId })
    const set = { name: `*.wild.${name}`, type: 'A', ttlSeconds: 60, values: ['192.0.2.1'] } as const

    await zone.replace(undefined, set)

    expect((await zone.find(set.name, 'A'))?.set).toEqual(set)
  })

  test('what the SDK lists of weighted records and aliases is read as one record each', async () => {
    const zone = route53Zone({ client, hostedZoneId })
    const weighted = ['a', 'b'].map((SetIdentifier, Weight) => ({
      Name: `weighted.${name}`,
      Type: 'CNAME' as const,
      TTL: 60,
      SetIdentifier,
      Weight,
      HealthCheckId: 'check-1',
      ResourceRecords: [{ Value: `${SetIdentifier}.example.net` }],
    }))
    const alias = {
      Name: `alias.${name}`,
      Type: 'A' as const,
      AliasTarget: { HostedZoneId: 'Z1UJRXOUMOOFQ8', DNSName: 'D-1.example.net.', EvaluateTargetHealth: true },
    }
    const Changes = [...weighted, alias].map((set) => ({ Action: 'CREATE' as const, ResourceRecordSet: set }))
    await client.changeResourceRecordSets({ HostedZoneId: hostedZoneId, ChangeBatch: { Changes } })

    const extra = { healthCheckId: 'check-1' }
    expect((await zone.find(`weighted.${name}`, 'CNAME'))?.set).toMatchObject({
      kind: 'weighted',
      members: [
        { id: 'a', weight: 0, ttlSeconds: 60, values: ['a.example.net'], extra },
        { id: 'b', weight: 1, ttlSeconds: 60, values: ['b.example.net'], extra },
      ],
    })
    expect((await zone.find(`alias.${name}`, 'A'))?.set).toMatchObject({
      kind: 'alias',
      alias: { target: 'd-1.example.net', extra: { hostedZoneId: 'Z1UJRXOUMOOFQ8', evaluateTargetHealth: true } },
    })
  })

  test('a zone that is not there is told from a record that is not there', async () => {
    const error: unknown = await route53Zone({ client, hostedZoneId: 'Z404' })
      .find(name, 'A')
      .catch((e: unknown) => e)

    expect(isCutoverError(error, 'DNS_ZONE_NOT_FOUND')).toBe(true)
  })

  test('moto gives birth to every change INSYNC, so that a wait with a receipt ends at once', async () => {
    const zone = route53Zone({ client, hostedZoneId })
    const set = { name: `sync.${name}`, type: 'A', ttlSeconds: 60, values: ['192.0.2.1'] } as const

    const receipt = await zone.replace(undefined, set)

    await zone.waitUntilServed(receipt, { since: systemClock.now(), clock: systemClock })
  })
})

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
