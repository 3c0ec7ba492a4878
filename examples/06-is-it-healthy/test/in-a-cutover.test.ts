import { fakeWorld } from '@cutover/core/testing'
import { dnsRecord, repoint } from '@cutover/dns'
import { inMemoryZone } from '@cutover/dns/testing'
import { healthGate } from '@cutover/health-checks'
import { inMemoryCounts, scriptedTraffic } from '@cutover/health-checks/testing'
import { type FakeWorld, rehearse } from '@cutover/rehearsal'
import { isCutoverError, memoryJournal, runCutover, type RunOptions } from '@cutover/rollback'
import { expect, test } from 'vitest'

const record = { name: 'api.example.com', type: 'CNAME', ttlSeconds: 60, values: ['d-1.amazonaws.com'] } as const

function parts(world: FakeWorld, times: number) {
  const { source, target } = scriptedTraffic({
    seed: 3,
    startAt: world.clock.now(),
    historyMinutes: 360,
    degradations: [{ kind: 'errors', times, fromMinute: 0 }],
  })
  const zone = inMemoryZone(world, [record])
  return {
    zone,
    api: dnsRecord(zone, record.name, 'CNAME'),
    source: inMemoryCounts(world, source, { settleMs: 120_000 }),
    target: inMemoryCounts(world, target, { settleMs: 180_000, unsettled: 'zero' }),
  }
}

const move = ({ api, source, target }: ReturnType<typeof parts>, run: RunOptions) =>
  runCutover({ id: 'is-it-healthy', ...run }, async (cutover) => {
    await cutover.apply(repoint(api, { to: 'orders.azurewebsites.net' }))
    const since = await cutover.value('the gate begins', () => cutover.clock.now())
    await cutover.require(healthGate({ source, target, since }), { within: '2h', every: '1m' })
  })

test('in a cutover a rollback of the gate goes back, and a promotion goes on', async () => {
  const [well, ill] = [fakeWorld(), fakeWorld()]
  const [goes, comes] = [parts(well, 1), parts(ill, 4)]

  const done = await move(goes, { journal: memoryJournal(), clock: well.clock })
  const error: unknown = await move(comes, { journal: memoryJournal(), clock: ill.clock }).catch((e: unknown) => e)

  expect(done.end).toBe('completed')
  expect(goes.zone.records[0]).toMatchObject({ values: ['orders.azurewebsites.net'] })
  expect(isCutoverError(error, 'CUTOVER_ROLLED_BACK')).toBe(true)
  expect(comes.zone.records[0]).toMatchObject({ values: record.values })
})

test.each([1, 4])('rehearsed with every fault, with %d times the errors', { timeout: 120_000 }, async (times) => {
  const report = await rehearse({ world: (world) => parts(world, times), cutover: move })

  report.assertSafe()
  expect(report.runs).toBeGreaterThan(10)
})
