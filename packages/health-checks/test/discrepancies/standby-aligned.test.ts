import { standbyAligned, type StandbyAlignedOptions } from '@cutover/health-checks'
import { expect, test } from 'vitest'

import { contextOf } from '../context.ts'

const side = (name: string, document: unknown) => ({ name, configuration: () => Promise.resolve(document) })
const primary = {
  settings: { QUEUE: 'orders', REGION: 'westeurope', KEY: 'hunter2' },
  functions: { accept: { isDisabled: false } },
  hosts: [],
}

const ask = (standby: unknown, options?: StandbyAlignedOptions) =>
  standbyAligned(side('west', primary), side('north', standby), options).run(contextOf())

test('the same configuration is a pass', async () => {
  expect(await ask(structuredClone(primary))).toMatchObject({
    status: 'pass',
    text: '5 values of north are those of west',
    evidence: { rows: [], same: 5, unused: [] },
  })
})

test('what differs, is missing or too much is told by its path alone', async () => {
  const answer = await ask({
    settings: { QUEUE: 'order', REGION: 'westeurope', MORE: 'secret' },
    functions: { accept: { isDisabled: true } },
    hosts: [],
  })

  expect(answer.status).toBe('fail')
  expect(answer.evidence?.rows).toEqual([
    { path: 'settings.QUEUE', found: 'different' },
    { path: 'settings.KEY', found: 'missing' },
    { path: 'functions.accept.isDisabled', found: 'different' },
    { path: 'settings.MORE', found: 'extra' },
  ])
  expect(JSON.stringify(answer)).not.toMatch(/hunter2|secret"/)
})

test('what differs on purpose is no fail, and a purpose that nothing needs is told', async () => {
  const standby = { ...primary, settings: { ...primary.settings, REGION: 'northeurope' } }
  const differ = { 'settings.REGION': 'its own', 'functions.*.isDisabled': 'the standby sleeps' }

  expect(await ask(standby, { differ })).toMatchObject({
    status: 'pass',
    evidence: {
      rows: [{ path: 'settings.REGION', found: 'differs-on-purpose', because: 'its own' }],
      unused: ['functions.*.isDisabled'],
    },
  })
  expect(await ask({ ...standby, functions: { accept: { isDisabled: true } } }, { differ })).toMatchObject({
    status: 'pass',
    evidence: { unused: [] },
  })
})

test('a value and a text of it are not the same', async () => {
  expect(await ask({ ...primary, functions: { accept: { isDisabled: 'false' } } })).toMatchObject({ status: 'fail' })
})

test('a primary without configuration is undecided', async () => {
  expect(await standbyAligned(side('west', {}), side('north', primary)).run(contextOf())).toMatchObject({
    status: 'undecided',
  })
})

test('a purpose needs a reason', () => {
  expect(() => standbyAligned(side('a', {}), side('b', {}), { differ: { 'a.b': ' ' } })).toThrow(
    expect.objectContaining({ code: 'HEALTH_OPTIONS_INVALID' }),
  )
})
