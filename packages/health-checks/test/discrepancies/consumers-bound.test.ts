import { fakeWorld } from '@cutover/core/testing'
import {
  type BoundFunction,
  type Canary,
  consumersBound,
  type ConsumersBoundOptions,
  type Sighting,
  waitFor,
} from '@cutover/health-checks'
import { expect, test } from 'vitest'

import { contextOf } from '../context.ts'

const queue = { type: 'queueTrigger', of: 'orders' } as const
const accept: BoundFunction = { name: 'accept', isDisabled: false, triggers: [queue] }

/** A queue with listeners that handle a message some milliseconds later, each once. */
function marked(listeners: readonly { readonly by: Sighting['by']; readonly afterMs: number }[]) {
  const world = fakeWorld()
  const { clock } = world
  const handled: (Sighting & { readonly marker: string })[] = []
  const sent: string[] = []
  const canary: Canary = {
    send: (marker) => {
      sent.push(marker)
      for (const { by, afterMs } of listeners) {
        world.later(afterMs, () => void handled.push({ by, at: clock.now(), marker }))
      }
      return Promise.resolve()
    },
    seen: (marker) => Promise.resolve(handled.filter((one) => one.marker === marker)),
  }
  const host = { name: 'functions:orders', functions: () => Promise.resolve([accept]) }
  const check = consumersBound(host, { expected: { accept: queue }, canaries: { accept: canary } })
  return { world, check, sent, clock }
}

test('a message that the target alone handles, once, is a pass when a second one would have come', async () => {
  const { world, check, sent, clock } = marked([{ by: 'target', afterMs: 4_000 }])
  const startedAt = clock.now()

  const { text, evidence } = await waitFor(check, { clock, within: '5m' })

  expect(text).toBe('1 functions of functions:orders are bound, 1 of them proved by a message')
  expect(evidence?.rows).toMatchObject([{ function: 'accept', found: 'handled', sightings: [{ by: 'target' }] }])
  expect(clock.now() - startedAt).toBeGreaterThanOrEqual(34_000)
  expect(sent).toHaveLength(1)
  void world
})

test.each([
  ['handled-by-source', [{ by: 'source', afterMs: 1_000 }]],
  [
    'handled-by-source',
    [
      { by: 'target', afterMs: 1_000 },
      { by: 'source', afterMs: 20_000 },
    ],
  ],
  [
    'handled-twice',
    [
      { by: 'target', afterMs: 1_000 },
      { by: 'target', afterMs: 25_000 },
    ],
  ],
  ['not-handled', []],
] as const)('%s is a fail', async (found, listeners) => {
  const { world, check } = marked(listeners)
  const answers = [await check.run(contextOf(world))]
  while (answers.at(-1)?.status === 'undecided') {
    await world.advance(5_000)
    answers.push(await check.run(contextOf(world)))
  }

  expect(answers.at(-1)).toMatchObject({ status: 'fail', evidence: { rows: [{ found }] } })
})

test('a send that fails is no word of the target: the next ask sends another', async () => {
  const world = fakeWorld()
  const markers: string[] = []
  const canary: Canary = {
    send: (marker) => {
      markers.push(marker)
      return markers.length === 1 ? Promise.reject(new Error('busy')) : Promise.resolve()
    },
    seen: () => Promise.resolve([]),
  }
  const host = { name: 'h', functions: () => Promise.resolve([accept]) }
  const check = consumersBound(host, { expected: { accept: queue }, canaries: { accept: canary } })

  await expect(check.run(contextOf(world))).rejects.toThrow('busy')
  await world.advance(1_000)
  const second = await check.run(contextOf(world))
  await check.run(contextOf(world))

  expect(second.status).toBe('undecided')
  expect(new Set(markers).size).toBe(2)
})

test.each([
  ['missing', []],
  ['disabled', [{ ...accept, isDisabled: true }]],
  ['wrong-trigger', [{ ...accept, triggers: [{ type: 'queueTrigger', of: 'other' }] }]],
  ['wrong-trigger', [{ ...accept, triggers: [{ type: 'timerTrigger' }] }]],
] as const)('a function that is %s is a fail, and no message is sent', async (found, functions) => {
  const canary: Canary = { send: () => Promise.reject(new Error('sent')), seen: () => Promise.resolve([]) }
  const host = { name: 'h', functions: () => Promise.resolve(functions) }
  const check = consumersBound(host, { expected: { accept: queue }, canaries: { accept: canary } })

  expect(await check.run(contextOf())).toMatchObject({ status: 'fail', evidence: { rows: [{ found }] } })
})

test('errors of the host are a fail though all is listed, and a host that starts is undecided', async () => {
  const ask = (state: string, errors: string[] = []) =>
    consumersBound(
      { name: 'h', functions: () => Promise.resolve([accept]), status: () => Promise.resolve({ state, errors }) },
      { expected: { accept: queue } },
    ).run(contextOf())

  expect((await ask('Running')).status).toBe('pass')
  expect(await ask('Running', ['The listener for accept was unable to start'])).toMatchObject({
    status: 'fail',
    text: expect.stringMatching(/unable to start/),
  })
  expect((await ask('Initialized')).status).toBe('undecided')
  expect((await ask('Error')).status).toBe('fail')
})

test('options that cannot be meant are refused', () => {
  const host = { name: 'h', functions: () => Promise.resolve([]) }
  const canary: Canary = { send: () => Promise.resolve(), seen: () => Promise.resolve([]) }

  for (const options of [
    { expected: {} },
    { expected: { accept: queue }, canaries: { other: canary } },
    { expected: { accept: queue }, timeout: '1m' } as never,
  ] satisfies ConsumersBoundOptions[]) {
    expect(() => consumersBound(host, options)).toThrow(expect.objectContaining({ code: 'HEALTH_OPTIONS_INVALID' }))
  }
})
