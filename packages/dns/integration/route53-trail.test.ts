// Who changed a record: the real CloudTrail client over HTTP, against events as CloudTrail writes them.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

import { CloudTrail } from '@aws-sdk/client-cloudtrail'
import { fakeWorld } from '@cutover/core/testing'
import { dnsRecord, repoint, systemClock } from '@cutover/dns'
import { route53Zone } from '@cutover/dns/route53'
import { inMemoryRoute53 } from '@cutover/dns/testing'
import { memoryJournal, runCutover } from '@cutover/rollback'
import { afterAll, expect, test } from 'vitest'

const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'not-a-real-key' }
const open: { close(): void }[] = []
afterAll(() => {
  for (const server of open) server.close()
})

/** One event of the trail. */
const event = (name: string, at: number, arn: string, more: object = {}) => ({
  EventId: `${at}`,
  EventName: 'ChangeResourceRecordSets',
  EventTime: at / 1_000,
  Username: arn.split('/').at(-1),
  CloudTrailEvent: JSON.stringify({
    userIdentity: { type: 'AssumedRole', arn },
    requestParameters: {
      hostedZoneId: 'Z0123456789ABCDEFGHIJ',
      changeBatch: { changes: [{ action: 'UPSERT', resourceRecordSet: { name, type: 'CNAME' } }] },
    },
    ...more,
  }),
})

/** Answers the pages one after the other, and keeps what it was asked. */
async function trailOf(...pages: readonly (readonly object[])[]) {
  const asked: Record<string, unknown>[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (data) => void (body += String(data)))
    request.on('end', () => {
      const input = JSON.parse(body) as Record<string, unknown>
      asked.push(input)
      const page = Number(input['NextToken'] ?? 0)
      const next = page + 1 < pages.length ? { NextToken: String(page + 1) } : {}
      response.setHeader('content-type', 'application/x-amz-json-1.1')
      response.end(JSON.stringify({ Events: pages[page] ?? [], ...next }))
    })
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  open.push({ close: () => (server.closeAllConnections(), server.close()) })
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { asked, trail: new CloudTrail({ endpoint, region: 'us-east-1', credentials, maxAttempts: 1 }) }
}

const kim = 'arn:aws:sts::123456789012:assumed-role/ops/kim'
const pipeline = 'arn:aws:sts::123456789012:assumed-role/deploy/pipeline'

test('the latest change of the record that was made is found, over several pages', async () => {
  const now = systemClock.now()
  const refused = event('api.example.com', now - 1_000, pipeline, { errorCode: 'AccessDenied' })
  const other = event('www.example.com.', now - 2_000, pipeline)
  const { asked, trail } = await trailOf([refused, other], [event('API.example.com.', now - 3_000, kim)])
  const route53 = inMemoryRoute53(fakeWorld())
  const zone = route53Zone({ client: route53, trail, hostedZoneId: route53.hostedZoneId })

  const by = await zone.changedBy?.('api.example.com', 'CNAME', { clock: systemClock })

  expect(by).toEqual({ who: kim, at: now - 3_000 })
  expect(asked).toMatchObject([
    { LookupAttributes: [{ AttributeKey: 'EventName', AttributeValue: 'ChangeResourceRecordSets' }] },
    { NextToken: '1' },
  ])
  expect(zone.permissions).toContain('cloudtrail:LookupEvents')
})

test('what the trail does not have yet is not made up', async () => {
  const { trail } = await trailOf([])
  const route53 = inMemoryRoute53(fakeWorld())
  const zone = route53Zone({ client: route53, trail, hostedZoneId: route53.hostedZoneId })

  expect(await zone.changedBy?.('api.example.com', 'CNAME', { clock: systemClock })).toBeUndefined()
})

test('the engine tells of drift with who and when', async () => {
  const set = (value: string) => ({
    Name: 'api.example.com',
    Type: 'CNAME',
    TTL: 1,
    ResourceRecords: [{ Value: value }],
  })
  const at = systemClock.now()
  const { trail } = await trailOf([event('api.example.com', at, pipeline)])
  const route53 = inMemoryRoute53(fakeWorld(), { records: [set('source.example.net')], insyncMs: 0 })
  const zone = route53Zone({ client: route53, trail, hostedZoneId: route53.hostedZoneId, lateMs: 0 })
  const drifts: unknown[] = []

  const end: unknown = await runCutover(
    {
      id: 'move',
      journal: memoryJournal(),
      interruptible: false,
      drift: { every: '100ms', perMinute: 6_000 },
      onEvent: (told) => void (told.kind === 'drift' && drifts.push(told)),
    },
    async (cutover) => {
      await cutover.apply(repoint(dnsRecord(zone, 'api.example.com', 'CNAME'), { to: 'target.example.net' }))
      route53.editBehind({ Action: 'UPSERT', ResourceRecordSet: set('theirs.example.net') })
      await cutover.waitUntil('a while', () => systemClock.now() + 1_500)
      await cutover.value('next', () => 1)
    },
  ).catch((error: unknown) => error)

  expect(drifts).toMatchObject([
    { is: 'foreign', by: { who: pipeline, at }, text: expect.stringMatching(/, by arn:aws/) },
  ])
  expect(end).toMatchObject({ code: 'CUTOVER_PARKED' })
})
