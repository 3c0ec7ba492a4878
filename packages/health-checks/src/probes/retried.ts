import { type Answer, type Check, type Context, defineCheck, knownOptions } from '@cutover/core'

import { refuseOption } from '../health-error.ts'

/** What of `p-retry` is called; it fits as it is. */
export type RetryLike = <T>(
  attempt: (number: number) => Promise<T>,
  options: {
    readonly retries: number
    readonly minTimeout: number
    readonly factor: number
    readonly signal: AbortSignal
    readonly shouldRetry: () => boolean
  },
) => Promise<T>

export interface RetriedOptions {
  /** `p-retry`, or what fits: it waits between the attempts, on its own clock. */
  readonly retry: RetryLike
  /** How often it is asked again. @default 2 */
  readonly retries?: number | undefined
  /** Before the first retry, in milliseconds; twice as long before each further one. @default 200 */
  readonly pauseMs?: number | undefined
  /** Which answers are not taken at once. @default ['undecided'] */
  readonly on?: readonly ('undecided' | 'fail')[] | undefined
}

const known: readonly (keyof RetriedOptions)[] = ['retry', 'retries', 'pauseMs', 'on']

export interface RetriedEvidence<Evidence = unknown> {
  /** The answers that were not taken, and the one that was. */
  readonly attempts: readonly Answer<Evidence>[]
}

/**
 * A check that asks another one again when its answer is not taken: by default one without a word of the other side, as when a
 * packet is lost. How often it took is in text and evidence; an ask that throws counts as undecided.
 *
 * A retry hides what clients feel: `on: ['fail']` is for asks that may fail for reasons of their own. For a start that takes a while
 * give `patience`, for a target that flaps `nOfM`. Aborted, it rejects with `signal.reason` and asks no more.
 *
 * @throws CutoverError `HEALTH_OPTIONS_INVALID` when it is made, before anything is asked.
 */
export function retried<Evidence>(check: Check<Evidence>, options: RetriedOptions): Check<RetriedEvidence<Evidence>> {
  if (typeof (check as Partial<Check> | undefined)?.run !== 'function')
    refuseOption('check', check, 'a check, such as httpProbe(…)')
  knownOptions(options, known, 'HEALTH_OPTIONS_INVALID', 'retried')
  const { retry, retries = 2, pauseMs = 200, on = ['undecided'] } = options
  if (typeof retry !== 'function') refuseOption('retry', retry, 'the function that p-retry exports')
  if (!Number.isInteger(retries) || retries < 1 || retries > 20)
    refuseOption('retries', retries, 'a whole number from 1 to 20')
  if (!(pauseMs >= 0 && pauseMs <= 60_000)) refuseOption('pauseMs', pauseMs, 'milliseconds from 0 to 60000')
  if (on.length === 0 || on.some((status) => status !== 'undecided' && status !== 'fail'))
    refuseOption('on', on, "'undecided', 'fail' or both")

  return defineCheck<RetriedEvidence<Evidence>>({
    id: check.id,
    title: check.title,
    async run(context) {
      const { signal } = context
      const attempts: Answer<Evidence>[] = []
      const ask = async (): Promise<void> => {
        const answer = await askOnce(check, context)
        attempts.push(answer)
        if (answer.status !== 'pass' && on.includes(answer.status)) throw new NotTaken()
      }
      try {
        await retry(ask, { retries, minTimeout: pauseMs, factor: 2, signal, shouldRetry: () => !signal.aborted })
      } catch (error) {
        if (signal.aborted) throw signal.reason
        // The last answer is given when the retries are over; what else is thrown is the retrying function's own.
        if (!(error instanceof NotTaken)) throw error
      }
      const last = attempts.at(-1)
      if (!last) throw new Error('retry asked nothing')
      const times = attempts.length === 1 ? '' : ` (asked ${attempts.length} times)`
      return { status: last.status, text: `${last.text}${times}`, evidence: { attempts } }
    },
  })
}

class NotTaken extends Error {}

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
