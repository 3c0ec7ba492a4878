import {
  type Answer,
  type Check,
  type Context,
  defineCheck,
  type Duration,
  durationMs,
  knownOptions,
  type Status,
} from '@cutover/core'

import { refuseOption } from './health-error.ts'

export interface NOfMOptions {
  /** How many must pass. */
  readonly pass: number
  /** How often it is asked at most. */
  readonly of: number
  /** From one answer to the next question. @default '5s' */
  readonly every?: Duration | undefined
  /** What is true when it passes, for people: `The target is well`. @default the other check's, with the numbers */
  readonly title?: string | undefined
}

const nOfMOptions: readonly (keyof NOfMOptions)[] = ['pass', 'of', 'every', 'title']

export interface NOfMEvidence<Evidence = unknown> {
  readonly pass: number
  readonly fail: number
  readonly undecided: number
  readonly needed: number
  readonly of: number
  /** The last answer of the kind that decided. */
  readonly last: Answer<Evidence>
}

/**
 * A check that asks another one `of` times and passes when at least `pass` of the answers do.
 *
 * Fails when fails alone have put `pass` out of reach; else it is undecided: an undecided answer, and an ask that throws,
 * counts for neither side. Stops asking once its answer cannot change any more.
 *
 * For a target that flaps: a single pass ends `patience`, and a single fail ends a row of `consecutive`, but neither changes
 * a count. `patience` asks how *long* it has failed without a break, `consecutive` how many passes came in a *row*, this one
 * how *many*. They combine: `require(nOfM(…), { patience })` wants whole rounds to fail for that long.
 *
 * @throws CutoverError `HEALTH_OPTIONS_INVALID`, `DURATION_INVALID` when it is made, before anything is asked.
 */
export function nOfM<Evidence>(check: Check<Evidence>, options: NOfMOptions): Check<NOfMEvidence<Evidence>> {
  if (typeof (check as Partial<Check> | undefined)?.run !== 'function') {
    refuseOption('check', check, 'a check, such as httpProbe(…)')
  }
  knownOptions(options, nOfMOptions, 'HEALTH_OPTIONS_INVALID', 'nOfM')
  const { pass: needed, of, every = '5s', title = `${check.title}, ${needed} of ${of} times` } = options
  if (!Number.isInteger(of) || of < 1) refuseOption('of', of, 'a whole number of at least 1')
  if (!Number.isInteger(needed) || needed < 1) refuseOption('pass', needed, 'a whole number of at least 1')
  if (needed > of) refuseOption('pass', needed, `at most of, which is ${of}`)
  const everyMs = durationMs(every, 'every')

  return defineCheck<NOfMEvidence<Evidence>>({
    id: `${check.id}:${needed}-of-${of}`,
    title,
    async run(context) {
      const count: Record<Status, number> = { pass: 0, fail: 0, undecided: 0 }
      const last: Partial<Record<Status, Answer<Evidence>>> = {}
      for (let left = of - 1; ; left--) {
        const answer = await askOnce(check, context)
        count[answer.status] += 1
        last[answer.status] = answer
        const status = decided(count, needed, of, left)
        if (status) return summary(status, count, needed, of, last[status] ?? answer)
        await context.clock.sleep(everyMs, { signal: context.signal })
      }
    },
  })
}

/** The answer, once the questions that are left cannot change it. */
function decided({ pass, fail }: Record<Status, number>, needed: number, of: number, left: number): Status | undefined {
  if (pass >= needed) return 'pass'
  const spare = of - needed
  if (fail > spare) return 'fail'
  return pass + left < needed && fail + left <= spare ? 'undecided' : undefined
}

function summary<Evidence>(
  status: Status,
  count: Readonly<Record<Status, number>>,
  needed: number,
  of: number,
  last: Answer<Evidence>,
): Answer<NOfMEvidence<Evidence>> {
  const { pass, fail, undecided } = count
  const asked = pass + fail + undecided
  return {
    status,
    text: `${pass} passed, ${fail} failed, ${undecided} undecided of ${asked} asked, ${needed} of ${of} needed; last: ${last.text}`,
    evidence: { pass, fail, undecided, needed, of, last },
  }
}

async function askOnce<Evidence>(check: Check<Evidence>, context: Context): Promise<Answer<Evidence>> {
  context.signal.throwIfAborted()
  try {
    return await check.run(context)
  } catch (error) {
    context.signal.throwIfAborted()
    return {
      status: 'undecided',
      text: `could not be asked: ${error instanceof Error ? error.message : String(error)}`,
    }
  }
}
