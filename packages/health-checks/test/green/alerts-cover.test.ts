import { fakeWorld } from '@cutover/core/testing'
import { alertsCover, type AlertsCoverOptions } from '@cutover/health-checks'
import { inMemoryAlarms } from '@cutover/health-checks/testing'
import { expect, test } from 'vitest'

import { contextOf } from '../context.ts'

function sides(options: AlertsCoverOptions = {}) {
  const world = fakeWorld()
  const source = inMemoryAlarms(world, 'CloudWatch', ['errors', 'latency'])
  const target = inMemoryAlarms(world, 'orders-rg', ['Errors', 'slow-p95', 'slow-p99'])
  const ask = () => alertsCover(source, target, options).run(contextOf(world))
  return { world, source, target, ask }
}

const covers = { latency: ['slow-p95', 'slow-p99'] }
const waiver = { because: 'replaced by the availability test', until: '2026-12-31' }

test('an alarm is covered by the rule of its name, whatever the case, or by those that are named', async () => {
  const { ask } = sides({ covers })

  expect(await ask()).toMatchObject({
    status: 'pass',
    evidence: {
      rows: [
        { alarm: 'errors', by: ['errors'], status: 'covered' },
        { alarm: 'latency', by: ['slow-p95', 'slow-p99'], status: 'covered' },
      ],
    },
  })
})

test('a missing rule, one that is off and one that tells nobody are each a fail, in words', async () => {
  const { source, target, ask } = sides({ covers })
  source.set('queue', {})
  target.set('Errors', { enabled: false })
  target.set('slow-p99', { receivers: 0 })

  const { status, text, evidence } = await ask()

  expect(status).toBe('fail')
  expect(text).toBe(
    'errors: errors is switched off; latency: slow-p95, slow-p99 tells nobody; queue: orders-rg has no rule queue',
  )
  expect(evidence?.rows.map((row) => row.status)).toEqual(['disabled', 'nobody-told', 'missing'])
})

test('a waiver stands in for a rule until its day is over', async () => {
  const { world, ask } = sides({ waivers: { latency: { ...waiver, until: '2026-11-20' } } })

  const before = await ask()
  await world.advance(86_400_000)
  const after = await ask()

  expect(before).toMatchObject({ status: 'pass', text: expect.stringMatching(/1 by a waiver/) })
  expect(before.evidence?.rows[1]).toEqual({
    alarm: 'latency',
    by: [],
    status: 'waived',
    waiver: { because: waiver.because, until: '2026-11-20T23:59:59Z' },
  })
  expect(after).toMatchObject({ status: 'fail' })
})

test('a waiver that nothing needs any more is told', async () => {
  const { ask } = sides({ covers, waivers: { laytency: waiver } })

  expect(await ask()).toMatchObject({ status: 'pass', evidence: { unused: ['laytency'] } })
})

test('a source without alarms, or without one that was named, is undecided', async () => {
  const { world, target, ask } = sides({ names: ['errors', 'gone'] })
  const empty = inMemoryAlarms(world, 'CloudWatch')

  expect(await ask()).toMatchObject({ status: 'undecided', text: 'CloudWatch has no alarm gone' })
  expect(await alertsCover(empty, target).run(contextOf(world))).toMatchObject({ status: 'undecided' })
})

test('options that cannot be meant are refused', () => {
  const { source, target } = sides()

  for (const options of [
    { waivers: { errors: { because: '', until: '2026-12-31' } } },
    { waivers: { errors: { because: 'x', until: 'soon' } } },
    { covers: { errors: [] } },
    { waiver: {} } as never,
  ] satisfies AlertsCoverOptions[]) {
    expect(() => alertsCover(source, target, options)).toThrow(
      expect.objectContaining({ code: 'HEALTH_OPTIONS_INVALID' }),
    )
  }
})
