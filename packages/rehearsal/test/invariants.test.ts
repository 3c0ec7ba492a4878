import { defineCheck, defineProcedure } from '@cutover/core'
import { fakeWorld } from '@cutover/core/testing'
import { rehearse, type RehearsalReport } from '@cutover/rehearsal'
import { type Cutover, runCutover, type RunOptions } from '@cutover/rollback'
import { expect, test } from 'vitest'

import { type Cells, cells, setA, setB, setBoth, setC, work, workers, type Work } from './planted.ts'
import { callers, retired, set } from './scenario.ts'

const fails = defineCheck({ id: 'verdict', title: 'verdict', run: async () => ({ status: 'fail', text: 'no' }) })

const run =
  <Parts>(script: (cutover: Cutover, parts: Parts) => Promise<unknown>) =>
  (parts: Parts, options: RunOptions) =>
    runCutover({ id: 'planted', ...options }, (cutover) => script(cutover, parts))

const said = ({ violations }: RehearsalReport): string[] => violations.map(({ text }) => text)

test('a name that nobody answers is reported, with the step that came too early', async () => {
  const report = await rehearse({
    world: (world) => retired(world),
    load: callers,
    cutover: run(async (cutover, { record, server }: ReturnType<typeof retired>) => {
      await cutover.waitUntil('window', () => cutover.clock.now() + 30_000)
      await cutover.apply(set(record, 'repoint', 'target'))
      await cutover.apply(set(server, 'retire', 'off'))
    }),
  })

  expect(said(report)[0]).toBe(
    'without any fault: client-1 asked orders and nobody answered (nobody at source), while “Set retire” was under way, after “Set repoint”. It ended completed. Replay: no fault',
  )
  expect(report.runs).toBe(1)
})

test('a write that was accepted and is never handled is reported', async () => {
  const report = await rehearse({
    world: work,
    load: workers,
    cutover: run(async (cutover, { source }: Work) => {
      await cutover.waitUntil('window', () => cutover.clock.now() + 36_000)
      await cutover.apply(set(source, 'cordon', 'off'))
    }),
  })

  expect(report.violations[0]?.what).toMatch(/^\d+ accepted but never handled: order-4, order-5, order-6$/)
})

test('work that both sides handle is reported', async () => {
  const report = await rehearse({
    world: work,
    load: (parts, world) => workers(parts, world, { copies: true }),
    cutover: run(async (cutover, { target }: Work) => {
      await cutover.waitUntil('window', () => cutover.clock.now() + 36_000)
      await cutover.apply(set(target, 'activate', 'on'))
    }),
  })

  expect(report.violations[0]).toMatchObject({
    what: 'order-4 was handled by source and by target',
    step: 'while “Set activate” was under way, after “window”',
  })
})

test('two listeners of one source of work are reported', async () => {
  const report = await rehearse({
    world: work,
    load: (parts, world) => workers(parts, world, { listens: true }),
    cutover: run(async (cutover, { source, target }: Work) => {
      await cutover.waitUntil('window', () => cutover.clock.now() + 36_000)
      await cutover.apply(set(target, 'activate', 'on'))
      await cutover.waitUntil('warm', () => cutover.clock.now() + 36_000)
      await cutover.apply(set(source, 'cordon', 'off'))
    }),
  })

  expect(report.violations[0]).toMatchObject({
    what: 'source and target listened to queue at once',
    step: 'while “warm” was under way, after “Set activate”, until “Set cordon”',
  })
})

test('a way back that leaves something behind is reported', async () => {
  const report = await rehearse({
    world: cells,
    cutover: run(async (cutover, parts: Cells) => {
      await cutover.apply(setBoth(parts))
      await cutover.require(fails)
    }),
  })

  expect(said(report)).toEqual([
    'without any fault: rolled back, but not as found: b is "target", wanted "source". It ended rolled-back. Replay: no fault',
  ])
})

test('an end that is not what the run without a fault brought about is reported', async () => {
  const report = await rehearse({
    world: cells,
    faults: ['crash'],
    cutover: run(async (cutover, parts: Cells) => {
      await cutover.apply(setA(parts))
      // Decided by the live world, which is another one after a crash.
      if ((await parts.c.read()) === 'source') {
        await parts.c.write('source', 'target')
        await cutover.apply(setB(parts))
      }
    }),
  })

  expect(report.violations[0]).toMatchObject({
    what: 'completed, but not as intended: b is "source", wanted "target"',
    replay: '7:crash',
  })
})

test('a subject whose state is a Map is compared by what is in it', async () => {
  const report = await rehearse({
    world: (world) => {
      const map = new Map([['a', 1]])
      world.watch('map', () => map)
      return { ...cells(world), map }
    },
    cutover: run(async (cutover, parts: Cells & { readonly map: Map<string, number> }) => {
      await cutover.apply(setA(parts))
      parts.map.set('b', 2)
      await cutover.require(fails)
    }),
  })

  expect(report.violations[0]?.what).toBe('rolled back, but not as found: map is [["a",1],["b",2]], wanted [["a",1]]')
})

test('one passing fault that changes the end is reported', async () => {
  const report = await rehearse({
    world: cells,
    faults: ['refused'],
    cutover: (parts, options) =>
      runCutover({ id: 'impatient', ...options, patience: '0s' }, (cutover) => cutover.apply(setA(parts))),
  })

  expect(report.violations.map(({ what, replay }) => [replay, what])).toEqual([
    [
      '3:refused',
      expect.stringMatching(/^one passing fault changed the end from completed to rolled-back: ROLLED BACK/),
    ],
  ])
})

test('a run that waits for what never comes never ends', async () => {
  const report = await rehearse({
    world: (world) => ({ ...cells(world), started: 0 }),
    faults: ['crash'],
    async cutover(parts, options) {
      parts.started += 1
      if (parts.started > 1) await new Promise(() => {})
      await run(async (cutover, p: Cells) => cutover.apply(setA(p)))(parts, options)
    },
  })

  expect(said(report)[0]).toBe(
    'crash at 1 (journal.append opened): it never ends: not settled, and nobody is left who waits for anything. It ended endless. Replay: 1:crash',
  )
})

test('a run that asks for ever never ends', async () => {
  const report = await rehearse({
    world: cells,
    faults: ['crash'],
    async cutover(parts, { clock, ...options }) {
      await run(async (cutover, p: Cells) => cutover.apply(setA(p)))(parts, { clock, ...options })
      for (;;) await clock?.sleep(3_600_000)
    },
  })

  expect(report.violations[0]?.what).toBe('it never ends: not settled within 604800 s of virtual time')
  expect(report.end).toBe('endless')
})

test('code that throws an error of its own every time is interrupted, and what it threw is told', async () => {
  const report = await rehearse({
    world: cells,
    cutover: run(async (cutover, parts: Cells) => {
      await cutover.apply(setA(parts))
      throw new TypeError("cannot read 'safeAt' of undefined")
    }),
  })

  expect(report).toMatchObject({ end: 'interrupted', runs: 1 })
  expect(said(report)).toEqual([
    "without any fault: it never ends: run 12 times, it was interrupted every time, at last by: cannot read 'safeAt' of undefined. It ended interrupted. Replay: no fault",
  ])
})

test('code that throws before it answers a promise is interrupted as well', async () => {
  const report = await rehearse({
    world: cells,
    cutover: () => {
      throw new TypeError('not a function')
    },
  })

  expect(report.end).toBe('interrupted')
})

test('code that throws after a crash only goes on when it is run again', async () => {
  const report = await rehearse({
    world: (world) => ({ ...cells(world), started: 0 }),
    faults: ['crash'],
    async cutover(parts, options) {
      parts.started += 1
      if (parts.started === 2) throw new Error('the disk is full')
      await run(async (cutover, p: Cells) => cutover.apply(setA(p)))(parts, options)
    },
  })

  report.assertSafe()
  expect(report.ends).toEqual({ completed: report.runs })
})

test('a change that is made and never applied is reported with the line that made it', async () => {
  const report = await rehearse({
    world: cells,
    cutover: run(async (cutover, parts: Cells) => {
      await cutover.apply(setA(parts))
      // oxlint-disable-next-line typescript/no-floating-promises -- the mistake under test
      setB(parts)
    }),
  })

  expect(said(report)).toEqual([
    expect.stringMatching(/^without any fault: a change was made but never applied: b, made at setB .*planted\.ts:\d+/),
  ])
})

test('a procedure that is made and never run is reported', async () => {
  const both = (parts: Cells) =>
    defineProcedure({
      id: 'both',
      title: 'Set both',
      steps: async (steps) => {
        await steps.apply(setB(parts))
        await steps.apply(setC(parts))
      },
    })
  const report = await rehearse({
    world: cells,
    cutover: run(async (cutover, parts: Cells) => {
      await cutover.apply(setA(parts))
      // oxlint-disable-next-line typescript/no-floating-promises -- the mistake under test
      both(parts)
    }),
  })

  expect(report.violations[0]?.what).toMatch(/^a change was made but never applied: both, made at/)
})

test('a change of a branch that is not taken is reported: make it where it is applied', async () => {
  const report = await rehearse({
    world: cells,
    cutover: run(async (cutover, parts: Cells) => {
      const [wanted] = [setA(parts), setB(parts)] as const
      await cutover.apply(wanted)
    }),
  })

  expect(report.violations[0]?.what).toMatch(/^a change was made but never applied: b/)
})

test('nothing is forgotten of changes made in the world, twice, copied, or ahead of a turn that never came', async () => {
  const report = await rehearse({
    world: (world) => {
      const parts = cells(world)
      return { ...parts, made: setC(parts) }
    },
    cutover: run(async (cutover, parts: Cells) => {
      setA(parts).estimate?.()
      // oxlint-disable-next-line typescript/no-misused-promises -- a change is no promise
      const plan = [{ ...setA(parts), title: 'Set a, slowly' }, setB(parts)]
      for (const change of plan) {
        await cutover.apply(change)
        await cutover.require(fails)
      }
    }),
    faults: ['crash', 'refused'],
  })

  report.assertSafe()
  expect(report.end).toBe('rolled-back')
})

test('an invariant of the user is reported by its name', async () => {
  const report = await rehearse({
    world: cells,
    cutover: run(async (cutover, parts: Cells) => cutover.apply(setA(parts))),
    invariants: [
      { name: 'a stays', holds: ({ a }) => (a.value === 'source' ? undefined : `it is ${a.value}`) },
      { name: 'b stays', holds: async ({ b }) => ((await b.read()) === 'source' ? undefined : 'it moved') },
    ],
  })

  expect(report.violations.map(({ what }) => what)).toEqual(['a stays: it is target'])
})

test('an invariant that throws does not hold', async () => {
  const report = await rehearse({
    world: cells,
    cutover: run(async (cutover, parts: Cells) => cutover.apply(setA(parts))),
    invariants: [
      {
        name: 'all is well',
        holds: () => {
          throw new TypeError('parts.zone is undefined')
        },
      },
    ],
  })

  expect(report.violations[0]?.what).toBe('all is well: it could not be judged: parts.zone is undefined')
})

test('a run that violates several says the first, and then the others', async () => {
  const report = await rehearse({
    world: cells,
    faults: ['refused'],
    cutover: (parts, options) =>
      runCutover({ id: 'impatient', ...options, patience: '0s' }, (cutover) => cutover.apply(setA(parts))),
    invariants: [{ name: 'it arrives', holds: ({ a }) => (a.value === 'target' ? undefined : 'it did not') }],
  })

  expect(report.violations).toHaveLength(1)
  expect(report.violations[0]?.text).toContain(
    '. Also: it arrives: it did not. It ended rolled-back. Replay: 3:refused',
  )
})

test('a cutover that waits for a person may hold accepted work', async () => {
  const report = await rehearse({
    world: work,
    load: workers,
    cutover: run(async (cutover, { source }: Work) => {
      await cutover.waitUntil('window', () => cutover.clock.now() + 36_000)
      await cutover.apply(set(source, 'cordon', 'off'))
      await cutover.require(
        defineCheck({ id: 'sure', title: 'sure', run: async () => ({ status: 'undecided', text: 'no data' }) }),
      )
    }),
    faults: ['crash', 'reply-lost'],
    end: 'parked',
  })

  report.assertSafe()
  expect(report.end).toBe('parked')
})

test('two processes that come to different ends are reported', async () => {
  const report = await rehearse({
    world: (world) => ({ ...cells(world), started: 0 }),
    faults: ['zombie-after'],
    // Without a journal nobody tells the one that was stopped that another has taken over.
    async cutover(parts, options) {
      parts.started += 1
      const first = parts.started === 1
      if (first) await parts.a.write('source', 'target')
      else
        await run(async (cutover, p: Cells) => cutover.apply(setB(p)).then(() => cutover.require(fails)))(
          parts,
          options,
        )
    },
  })

  expect(report.violations[0]?.what).toBe('two processes came to two ends: runner-2 rolled-back, runner-1 completed')
})

test('a rehearsal in which nothing can fail says so instead of finding nothing', async () => {
  const other = fakeWorld()
  const elsewhere = await rehearse({
    world: () => cells(other),
    cutover: run(async (cutover) => cutover.value('now', () => 1)),
  })
  const unwatched = await rehearse({
    world: (world) => ({ write: () => world.call('flag.set', { write: true }, () => {}) }),
    cutover: ({ write }) => write(),
  })

  expect(elsewhere.violations[0]?.what).toBe(
    'nothing was written that could fail: do the fakes share the world that `world` is given?',
  )
  expect(unwatched.violations[0]?.what).toBe(
    'no fake tells its state to `world.watch`, so whether it is as found cannot be judged',
  )
})

test('a fake whose own timer throws is told, with the run in which it did', async () => {
  const rehearsing = rehearse({
    world: (world) => {
      world.later(1_000, () => {
        throw new Error('the fake is broken')
      })
      return cells(world)
    },
    cutover: run(async (cutover, parts: Cells) => cutover.apply(setA(parts))),
  })

  await expect(rehearsing).rejects.toMatchObject({
    code: 'REHEARSAL_WORLD_FAILED',
    message: 'the fakes or the load threw (replay: no fault): the fake is broken',
  })
})
