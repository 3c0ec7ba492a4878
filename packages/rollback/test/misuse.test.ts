import { defineProcedure } from '@cutover/core'
import { type Cutover } from '@cutover/rollback'
import { expect, test } from 'vitest'

import { errorOf, reportOf, setting } from './setting.ts'
import { altered, saying, turn } from './switches.ts'

test('two steps of one name are refused; `as` gives one of them another', async () => {
  const { run, switches, journal } = setting()
  const script = (as?: string) => async (cutover: Cutover) => {
    await cutover.apply(turn(switches, 'a', 'target'))
    await cutover.apply(turn(switches, 'a', 'target'), { as })
  }

  const error = await errorOf(run(script()))
  const report = await run(script('once more'))

  expect(error.code).toBe('CUTOVER_DUPLICATE_STEP')
  expect(error.message).toBe('two steps are named turn:a:target')
  expect(error.next).toContain("{ as: '…' }")
  expect(report.end).toBe('completed')
  expect(journal.entries.at(-3)).toMatchObject({ step: 'once more', how: 'already' })
})

test('a bare Promise.all is refused at once; only what had begun is finished', async () => {
  const { run, switches, writes } = setting()

  const error = await errorOf(
    run((cutover) =>
      Promise.all([cutover.apply(turn(switches, 'a', 'target')), cutover.apply(turn(switches, 'b', 'target'))]),
    ),
  )

  expect(error.code).toBe('CUTOVER_CONCURRENT_STEPS')
  expect(error.message).toBe('turn:b:target began while turn:a:target was under way')
  expect(error.next).toContain('cutover.all')
  expect(writes()).not.toContain('b')
})

test('a step that is not awaited, before another one, is refused', async () => {
  const { run, switches, writes } = setting()

  const error = await errorOf(
    run(async (cutover) => {
      void cutover.apply(turn(switches, 'a', 'target'))
      await cutover.apply(turn(switches, 'b', 'target'))
    }),
  )

  expect(error.code).toBe('CUTOVER_CONCURRENT_STEPS')
  expect(writes()).not.toContain('b')
})

test.each<{
  where: string
  script: (cutover: Cutover, forgotten: (steps: Pick<Cutover, 'require'>) => void) => Promise<unknown>
}>([
  { where: 'the script', script: async (cutover, forgotten) => forgotten(cutover) },
  {
    where: 'a branch',
    script: async (cutover, forgotten) => {
      await cutover.all({ a: async (steps) => forgotten(steps), b: async () => {} })
      await cutover.value('after', () => 1)
    },
  },
  {
    where: 'a procedure',
    script: async (cutover, forgotten) => {
      await cutover.run(defineProcedure({ id: 'p', title: 'p', steps: async (steps) => forgotten(steps) }))
      await cutover.value('after', () => 1)
    },
  },
])(
  'a last step of $where that is not awaited is refused, and run again with the await it goes on',
  async ({ script }) => {
    const { run, records } = setting()
    const target = saying('target', 'undecided', 'pass')

    const error = await errorOf(
      run((cutover) => script(cutover, (steps) => void steps.require(target, { within: '1h', every: '1m' }))),
    )

    expect(error.code).toBe('CUTOVER_CONCURRENT_STEPS')
    expect(error.message).toMatch(/the script ended while .*target was under way/)
    expect(records()).toEqual(['opened'])
  },
)

test('a forgotten await beside an exception of the script: the exception is the cause', async () => {
  const { run } = setting()

  const error = await errorOf(
    run(async (cutover) => {
      void cutover.require(saying('target', 'undecided'), { within: '1h' })
      throw new TypeError('x is not a function')
    }),
  )

  expect(error.code).toBe('CUTOVER_CONCURRENT_STEPS')
  expect(error.cause).toBeInstanceOf(TypeError)
})

test('a step of the whole script inside of a branch is refused', async () => {
  const { run } = setting()

  const error = await errorOf(run((cutover) => cutover.all({ a: () => cutover.value('x', () => 1) })))

  expect(error.code).toBe('CUTOVER_CONCURRENT_STEPS')
})

test('a script that swallows the stop ends rolled back all the same, and no further step is done', async () => {
  const { run, switches, writes } = setting()
  const heard: unknown[] = []

  const report = await reportOf(
    run(async (cutover) => {
      await cutover.apply(turn(switches, 'a', 'target'))
      await cutover.require(saying('target', 'fail')).catch((error: { code: string }) => heard.push(error.code))
      for (const step of [
        () => cutover.apply(turn(switches, 'b', 'target')),
        () => cutover.require(saying('other')),
        () => cutover.value('x', () => 1),
        () => cutover.waitUntil('y', () => 1),
        () => cutover.all({ c: (steps) => steps.apply(turn(switches, 'c', 'target')) }),
        () => cutover.pointOfNoReturn('now'),
        () => cutover.rollBack('again'),
      ])
        await step().catch((error: { code: string }) => heard.push(error.code))
    }),
  )

  expect(report.end).toBe('rolled-back')
  expect(heard).toEqual(Array.from({ length: 8 }, () => 'CUTOVER_UNWINDING'))
  expect(writes()).toEqual(['a', 'a'])
})

test('a script that swallows a question stays parked', async () => {
  const { run, switches, writes } = setting()

  const report = await reportOf(
    run(async (cutover) => {
      await cutover.require(saying('target', 'undecided')).catch(() => {})
      await cutover.apply(turn(switches, 'a', 'target')).catch(() => {})
    }),
  )

  expect(report.end).toBe('parked')
  expect(writes()).toEqual([])
})

test('a script that turns the stop into an exception of its own is rolled back all the same', async () => {
  const { run, switches } = setting()

  const error = await errorOf(
    run(async (cutover) => {
      await cutover.apply(turn(switches, 'a', 'target'))
      try {
        await cutover.require(saying('target', 'fail'))
      } catch (cause) {
        throw new Error('my own words', { cause })
      }
    }),
  )

  expect(error.code).toBe('CUTOVER_ROLLED_BACK')
  expect(switches.state['a']).toBe('source')
})

test('an exception of value’s function interrupts, and the value is made when it is run again', async () => {
  const { run, switches, writes } = setting()
  let makes = 0
  const script = async (cutover: Cutover) => {
    await cutover.apply(turn(switches, 'a', 'target'))
    await cutover.value('x', () => {
      if (++makes === 1) throw new TypeError('x is not a function')
      return 1
    })
  }

  const error = await errorOf(run(script))
  const report = await run(script)

  expect(error).toBeInstanceOf(TypeError)
  expect(report.end).toBe('completed')
  expect(writes()).toEqual(['a'])
})

test('a script may catch the exception of its own value and go on', async () => {
  const { run } = setting()

  const report = await run(async (cutover) => {
    await cutover.value('x', () => Promise.reject(new Error('no'))).catch(() => {})
    await cutover.value('y', () => 1)
  })

  expect(report.end).toBe('completed')
})

test.each(['completed', 'rolled-back'])(
  'a step that begins when the cutover has ended (%s) does nothing',
  async (end) => {
    const { run, switches, writes, records } = setting()
    let kept: Cutover | undefined
    await run(async (cutover) => {
      kept = cutover
      await cutover.value('x', () => 1)
      if (end === 'rolled-back') await cutover.rollBack('it is late')
    }).catch(() => {})
    const before = records()

    const error = await errorOf(kept?.apply(turn(switches, 'a', 'target')) ?? Promise.resolve())

    expect(error.code).toBe('CUTOVER_ENDED')
    expect(kept?.signal.aborted).toBe(true)
    expect(records()).toEqual(before)
    expect(writes()).toEqual([])
  },
)

test('what a change throws that is not an error is a refusal all the same', async () => {
  const { run, switches } = setting()
  const odd = altered(turn(switches, 'a', 'target', { lateMs: 0 }), { apply: () => Promise.reject(undefined) })

  const report = await reportOf(run((cutover) => cutover.apply(odd), { patience: '1s' }))

  expect(report.end).toBe('rolled-back')
  expect(report.because).toContain('rejected without a reason')
})

test('neither a hint nor what a check was told in secret leaves the journal: events and reports do not have it', async () => {
  const { run, switches, world, journal } = setting()
  const change = turn(switches, 'a', 'target')
  const hints: unknown[] = []
  const hinting = altered(change, {
    apply: async (before, context) => {
      await change.apply(before, context)
      return { changeId: 'C-4711' }
    },
    settle: async (_before, _seen, _context, { hint, toward }) => {
      hints.push([toward, hint])
      return { to: 'target' }
    },
  })

  const report = await reportOf(
    run(async (cutover) => {
      await cutover.apply(hinting)
      await cutover.rollBack('it is late')
    }),
  )

  expect(hints).toEqual([
    ['applied', { changeId: 'C-4711' }],
    ['absent', undefined],
  ])
  expect(JSON.stringify(journal.entries)).toContain('C-4711')
  expect(JSON.stringify([report, world.events])).not.toContain('C-4711')
})

test('a hint that a journal cannot give back is left out: what happened is what the probe says', async () => {
  const { run, switches, journal } = setting()
  const change = turn(switches, 'a', 'target')
  const odd = altered(change, {
    apply: async (before, context) => {
      await change.apply(before, context)
      return new Map()
    },
  })

  const report = await run((cutover) => cutover.apply(odd))

  expect(report.end).toBe('completed')
  expect(journal.entries.find(({ t }) => t === 'outcome')).not.toHaveProperty('hint.size')
})

test('what is refused says what to do now', async () => {
  const { run } = setting()
  let kept: Cutover | undefined
  await run(async (cutover) => {
    kept = cutover
    await cutover.pointOfNoReturn('the source is gone')
  })

  const ended = await errorOf(kept?.value('x', () => 1) ?? Promise.resolve())
  const another = await errorOf(run(async () => {}, { id: 'other' }))
  const tooLate = await errorOf(run(async () => {}, { rollBack: true }))

  expect([ended.code, ended.next]).toEqual(['CUTOVER_ENDED', 'Await each step before the script returns.'])
  expect([another.code, another.next]).toEqual([
    'CUTOVER_JOURNAL_OF_ANOTHER',
    'Name the journal of other; for a new cutover, a file that is not there yet.',
  ])
  expect([tooLate.code, tooLate.next]).toEqual(['CUTOVER_PAST_NO_RETURN', 'Go on: run it again without rollBack.'])
})

test('a forecast counts each step once', async () => {
  const { run, switches } = setting()
  const texts: string[] = []

  await run(async (cutover) => {
    await cutover.apply(turn(switches, 'a', 'target'))
    texts.push(cutover.forecast().text)
    await cutover.apply(altered(turn(switches, 'b', 'target'), { estimate: undefined as never }))
    texts.push(cutover.forecast().text)
  })

  expect(texts).toEqual(['back now: 0ms for 1 step', 'back now: 0ms for 1 step, and 1 that nobody can estimate'])
})
