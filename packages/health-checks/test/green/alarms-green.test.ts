import { fakeWorld } from '@cutover/core/testing'
import { alarmsGreen, type AlarmsGreenOptions, waitFor } from '@cutover/health-checks'
import { inMemoryAlarms } from '@cutover/health-checks/testing'
import { expect, test } from 'vitest'

import { contextOf } from '../context.ts'

function watched(options?: AlarmsGreenOptions) {
  const world = fakeWorld()
  const alarms = inMemoryAlarms(world, 'orders-rg', ['errors', 'latency'])
  return { world, alarms, ask: () => alarmsGreen(alarms, options).run(contextOf(world)) }
}

test('all ok is a pass', async () => {
  const { ask } = watched()

  expect(await ask()).toEqual({
    status: 'pass',
    text: '2 alarms of orders-rg are ok',
    evidence: { firing: [], unknown: [], ok: ['errors', 'latency'], except: [] },
  })
})

test('one that fires is a fail, with what the service says', async () => {
  const { alarms, ask } = watched()
  alarms.set('errors', { state: 'firing', why: 'ALARM: 3 > 1' })

  const { status, text, evidence } = await ask()

  expect([status, text]).toEqual(['fail', 'errors (ALARM: 3 > 1): firing at orders-rg'])
  expect(evidence?.firing).toEqual([{ name: 'errors', why: 'ALARM: 3 > 1', since: '2026-11-20T02:00:00Z' }])
})

test('too little data is undecided, and what fires beside it is still a fail', async () => {
  const { alarms, ask } = watched()
  alarms.set('errors', { state: 'unknown', why: 'INSUFFICIENT_DATA' })

  expect(await ask()).toMatchObject({ status: 'undecided' })
  alarms.set('latency', { state: 'firing' })
  expect(await ask()).toMatchObject({ status: 'fail' })
})

test('an alarm that is switched off is not green', async () => {
  const { alarms, ask } = watched()
  alarms.set('errors', { enabled: false })

  expect(await ask()).toMatchObject({
    status: 'undecided',
    evidence: { unknown: [{ name: 'errors', why: 'it is switched off' }], ok: ['latency'] },
  })
})

test('no alarms at all is undecided', async () => {
  const world = fakeWorld()

  expect(await alarmsGreen(inMemoryAlarms(world, 'empty')).run(contextOf(world))).toMatchObject({
    status: 'undecided',
    text: 'empty has no alarm that counts',
  })
})

test('a name that is not there is undecided', async () => {
  const { ask } = watched({ names: ['errors', 'queue'] })

  expect(await ask()).toMatchObject({
    status: 'undecided',
    evidence: { unknown: [{ name: 'queue', why: 'there is none of this name' }], ok: ['errors'] },
  })
})

test('known noise does not count, and stands in the evidence', async () => {
  const { alarms, ask } = watched({ except: ['latency'] })
  alarms.set('latency', { state: 'firing' })

  expect(await ask()).toMatchObject({ status: 'pass', evidence: { ok: ['errors'], except: ['latency'] } })
})

test('alarms that cannot be read are undecided, and asked again', async () => {
  const { world, alarms } = watched()
  alarms.failNext(new Error('throttled'))

  const { text } = await waitFor(alarmsGreen(alarms), { clock: world.clock, within: '1m' })

  expect(text).toBe('2 alarms of orders-rg are ok')
})

test('options that cannot be meant are refused', () => {
  const { alarms } = watched()

  for (const make of [
    () => alarmsGreen({} as never),
    () => alarmsGreen(alarms, { names: [] }),
    () => alarmsGreen(alarms, { names: ['a'], except: ['a'] }),
    () => alarmsGreen(alarms, { only: ['a'] } as never),
  ]) {
    expect(make).toThrow(expect.objectContaining({ code: 'HEALTH_OPTIONS_INVALID' }))
  }
})
