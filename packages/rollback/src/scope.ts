import {
  type Answer,
  ask,
  type AskOptions,
  assertKind,
  type ChangeSpec,
  type Check,
  type Clock,
  CutoverError,
  durationMs,
  journalCopy,
  knownOptions,
  markUsed,
  type Procedure,
  type RequireOptions,
  type StepOptions,
  type Steps,
} from '@cutover/core'

import { applyStep } from './apply-step.ts'
import { checkStep, requireStep } from './check-step.ts'
import type { Cutover, UntilOptions } from './cutover.ts'
import { type Forecast, forecast } from './forecast.ts'
import { beforeStep } from './gate.ts'
import type { StepHistory } from './history.ts'
import { planChanged } from './plan-changed.ts'
import { ended, type Run } from './run.ts'
import { refuseSkipped } from './skipped.ts'
import { stand } from './stand.ts'
import { guardOf, type GuardOptions } from './standing-guard.ts'
import { assertNamed, assertStep, wrongInstant } from './step-call.ts'

/** One sequence of steps: the script itself, a procedure's, or one branch of `all`. */
export class Scope implements Cutover {
  readonly clock: Clock
  readonly signal: AbortSignal
  /** The step under way. */
  busy: string | undefined
  /** Settles when the last step does. */
  underWay: Promise<unknown> | undefined
  readonly #run: Run
  readonly #path: string
  readonly #lane: string
  #taken = 0
  #alls = 0

  constructor(run: Run, scopes: Scope[], path = '', lane = '') {
    this.#run = run
    this.#scopes = scopes
    this.#path = path
    this.#lane = lane
    this.clock = run.clock
    this.signal = run.waits.signal
    scopes.push(this)
  }

  readonly #scopes: Scope[]

  apply<After>(change: ChangeSpec<unknown, After, unknown>, options: StepOptions = {}): Promise<After> {
    const refused = this.#refused('apply', () => assertStep('apply', change, options))
    if (refused) return refused
    return this.#step(
      'change',
      options.as ?? change.id,
      change.title,
      async (step) => (await applyStep(this.#run, step, change, this.#lane)) as After,
    )
  }

  require<Evidence>(check: Check<Evidence>, options: RequireOptions = {}): Promise<Answer<Evidence>> {
    const refused = this.#refused('require', () => assertStep('require', check, options))
    if (refused) return refused
    return this.#step('check', options.as ?? check.id, check.title, (step) =>
      requireStep(this.#run, step, check, this.#lane, options),
    )
  }

  check<Evidence>(check: Check<Evidence>, options: StepOptions & AskOptions = {}): Promise<Answer<Evidence>> {
    const refused = this.#refused('check', () => assertStep('check', check, options))
    if (refused) return refused
    return this.#step('check', options.as ?? check.id, check.title, (step) =>
      checkStep(this.#run, step, check, this.#lane, options),
    )
  }

  value<T>(name: string, make: () => T | Promise<T>): Promise<T> {
    const refused = this.#refused('value', () => assertNamed('value', name, make))
    if (refused) return refused
    return this.#step('value', name, name, (step) => this.#told(step, name, () => this.#value(step, make)))
  }

  waitUntil(name: string, at: () => number): Promise<void> {
    const refused = this.#refused('waitUntil', () => assertNamed('waitUntil', name, at))
    if (refused) return refused
    return this.#step('value', name, name, (step) =>
      this.#told(step, name, async () => {
        const run = this.#run
        const until = await this.#untilInstant(step, name, at)
        const left = until - run.clock.now()
        if (left <= 0 || run.isStopped) return
        run.tell(() => ({ kind: 'waiting', step, why: name, until, text: `waits until ${name}` }))
        await run.clock.sleep(left, { signal: run.waits.signal })
      }),
    )
  }

  until(name: string, what: (() => number) | Check, options: UntilOptions = {}): Promise<void> {
    const isCheck = typeof what === 'object'
    const refused = this.#refused('until', () => {
      knownOptions(options, ['every'], 'CUTOVER_OPTIONS_INVALID', 'until')
      assertNamed('until', name, isCheck ? () => {} : what)
      if (isCheck) assertKind('check', what, 'cutover.until')
    })
    if (refused) return refused
    const everyMs = durationMs(options.every ?? '1h', 'every')
    return this.#step('value', name, name, (step) =>
      this.#told(step, name, async () => {
        const run = this.#run
        if (!isCheck) {
          const until = await this.#untilInstant(step, name, what)
          if (run.clock.now() < until && !run.isStopped) await run.leave(step, name, until)
          return
        }
        if (run.history.steps.get(step)?.value || run.isStopped) return
        const { status, text } = await ask(what, run.context(step, run.waits.signal))
        if (status === 'fail') await run.decide(step, `${name}: ${text}`, 'CHECK_FAILED')
        if (status === 'undecided') await run.leave(step, `${name}: ${text}`, run.clock.now() + everyMs)
        await this.#value(step, () => ({ status, text }))
      }),
    )
  }

  /** A step that is neither a change nor a check: the listeners hear of it all the same. */
  async #told<T>(step: string, title: string, take: () => Promise<T>): Promise<T> {
    const run = this.#run
    const isRecorded = run.history.steps.has(step)
    const startedAt = run.clock.monotonic()
    if (!isRecorded) run.tell(() => ({ kind: 'step-started', step, title, estimateMs: undefined, text: `${title} …` }))
    const taken = await take()
    const tookMs = run.clock.monotonic() - startedAt
    const how = isRecorded ? 'recorded' : 'done'
    run.tell(() => ({ kind: 'step-done', step, title, tookMs, how, text: `${title}: done` }))
    return taken
  }

  async #untilInstant(step: string, name: string, at: () => number): Promise<number> {
    const recorded = this.#run.history.steps.get(step)?.value
    if (recorded) return recorded.value as number
    this.#run.throwIfStopped()
    const until = this.#instant(name, at)
    await this.#run.append({ t: 'value', ...this.#run.place(step), value: until, until })
    return until
  }

  #instant(name: string, at: () => number): number {
    const instant = at()
    const wrong = wrongInstant(name, instant, this.#run.clock.now())
    if (wrong) throw this.#run.refuse(wrong)
    return instant
  }

  async #value<T>(step: string, make: () => T | Promise<T>): Promise<T> {
    const recorded = this.#run.history.steps.get(step)?.value
    if (recorded) return recorded.value as T
    this.#run.throwIfStopped()
    const value = journalCopy(await make(), step)
    await this.#run.append({ t: 'value', ...this.#run.place(step), value })
    return value
  }

  async all<Results extends Readonly<Record<string, unknown>>>(branches: {
    readonly [Name in keyof Results]: (steps: Steps) => Promise<Results[Name]>
  }): Promise<Results> {
    const number = this.#alls++
    const names = Object.keys(branches)
    const wrong = names.find((name) => name === '' || /[/.]/.test(name))
    if (wrong !== undefined)
      throw new CutoverError(
        'CUTOVER_STEP_NAME',
        `a branch is named ${JSON.stringify(wrong)}; wanted a name without / and .`,
      )
    for (const name of names) this.#claim(`${this.#path}${name}/`)
    return this.#alone(`all ${names.join(', ')}`, async () => {
      const settled = await Promise.allSettled(
        names.map(async (name) => {
          const scope = new Scope(this.#run, this.#scopes, `${this.#path}${name}/`, `${this.#lane}${number}.${name}/`)
          try {
            const result = await (branches[name] as (steps: Steps) => Promise<unknown>)(scope)
            scope.assertIdle()
            return result
          } catch (error) {
            // The user's own exception stops the other branches at their next step; a decision has stopped them already.
            if (!this.#run.isStopped) this.#run.interrupt(error)
            throw error
          }
        }),
      )
      const failed = settled.find((result) => result.status === 'rejected')
      if (failed) {
        this.#run.throwIfStopped()
        throw failed.reason
      }
      // Also while it is only replayed, to go back: what comes after must be constructed again.
      return Object.fromEntries(
        settled.map((result, i) => [names[i], result.status === 'fulfilled' ? result.value : undefined]),
      ) as Results
    })
  }

  run<Result>(procedure: Procedure<Result>, options: StepOptions = {}): Promise<Result> {
    const refused = this.#refused('run', () => assertStep('run', procedure, options))
    if (refused) return refused
    const path = `${this.#path}${options.as ?? procedure.id}/`
    markUsed(procedure)
    return this.#alone(procedure.id, async () => {
      this.#claim(path)
      const scope = new Scope(this.#run, this.#scopes, path, this.#lane)
      const result = await procedure.steps(scope)
      scope.assertIdle()
      return result
    })
  }

  forecast(): Forecast {
    return forecast(this.#run.history, this.#run.constructed, this.#run.windowEndsAt)
  }

  rollBack(why: string): Promise<never> {
    return this.#alone('rollBack', () => this.#run.decide(undefined, why, 'CUTOVER_ASKED'))
  }

  guard(check: Check, options: GuardOptions): void {
    const run = this.#run
    const standing = guardOf(check, options)
    if (run.history.noReturn !== undefined || run.isStopped) return
    const name = `@alarm/${standing.id}`
    if (run.named.has(name)) {
      throw run.refuse(
        new CutoverError('CUTOVER_DUPLICATE_STEP', `two guards or criteria are named ${standing.id}`, {
          next: 'Give one of their checks another id.',
        }),
      )
    }
    run.named.add(name)
    run.beside(`guard ${standing.id}`, (signal) => stand(run, standing, signal))
  }

  pointOfNoReturn(why: string): Promise<void> {
    return this.#alone('pointOfNoReturn', async () => {
      const run = this.#run
      run.throwIfStopped()
      if (run.history.noReturn !== undefined) return
      await beforeStep(run)
      await refuseSkipped(run)
      await run.append({ t: 'no-return', why })
    })
  }

  /** What was called wrongly is no step: the script is stopped, also one that swallows the error. */
  #refused(call: string, assert: () => void): Promise<never> | undefined {
    try {
      assert()
      return undefined
    } catch (error) {
      return this.#alone(call, async () => {
        throw this.#run.refuse(error)
      })
    }
  }

  /** Names are unique, and the journal's order is the script's order. */
  #step<T>(kind: StepHistory['kind'], name: string, title: string, take: (step: string) => Promise<T>): Promise<T> {
    const step = `${this.#path}${name}`
    return this.#alone(step, async () => {
      if (step.startsWith('@')) {
        throw this.#run.refuse(
          new CutoverError('CUTOVER_STEP_NAME', `a step is named ${step}; @ is for what stands beside the steps`),
        )
      }
      this.#claim(step)
      const { history } = this.#run
      const expected = history.order.get(this.#path)?.[this.#taken]
      this.#taken += 1
      const known = history.steps.get(step)
      const other =
        expected === undefined
          ? this.#run.missed(this.#lane)[0]
          : expected !== step || (known && (recordedKind(known) ?? kind) !== kind)
            ? this.#run.recorded(expected)
            : undefined
      if (other) throw this.#run.refuse(outOfOrder(other, kind, title))
      this.#run.begins(step, this.#path, this.#lane, title)
      if (!known && !this.#run.isStopped) await beforeStep(this.#run)
      return take(step)
    })
  }

  #alone<T>(step: string, take: () => Promise<T>): Promise<T> {
    const done = this.#exclusively(step, take)
    // Of a stop the run knows: a promise that the script has forgotten must not end the process before the lease is released.
    const hush = (): void => void (this.#run.isStopped && done.catch(() => {}))
    hush()
    this.underWay?.then(hush, hush)
    return done
  }

  async #exclusively<T>(step: string, take: () => Promise<T>): Promise<T> {
    if (this.#run.hasEnded)
      throw new CutoverError('CUTOVER_ENDED', `${step} began when the cutover had ended`, { next: ended })
    if (this.busy !== undefined) {
      throw this.#run.refuse(
        new CutoverError('CUTOVER_CONCURRENT_STEPS', `${step} began while ${this.busy} was under way`, {
          next: 'Await each step, or use cutover.all({ name: (steps) => … }).',
        }),
      )
    }
    this.busy = step
    const taken = take()
    this.underWay = taken
    try {
      return await taken
    } finally {
      this.busy = undefined
    }
  }

  #claim(name: string): void {
    if (this.#run.named.has(name)) {
      throw this.#run.refuse(
        new CutoverError('CUTOVER_DUPLICATE_STEP', `two steps are named ${name}`, {
          next: "Give one of them another name: { as: '…' }",
        }),
      )
    }
    this.#run.named.add(name)
  }

  /** @throws CutoverError `CUTOVER_CONCURRENT_STEPS` when a step was not awaited. */
  assertIdle(cause?: unknown): void {
    if (this.busy === undefined || this.#run.isStopped) return
    throw this.#run.refuse(
      new CutoverError('CUTOVER_CONCURRENT_STEPS', `the script ended while ${this.busy} was under way`, {
        cause,
        next: 'Await each step.',
      }),
    )
  }
}

/** As what a step is recorded; `undefined` when only a question is. */
function recordedKind({ intentSeq, outcome, answer, value }: StepHistory): StepHistory['kind'] | undefined {
  if (intentSeq !== undefined || outcome) return 'change'
  return answer ? 'check' : value ? 'value' : undefined
}

function outOfOrder(step: StepHistory, kind: StepHistory['kind'], title: string): CutoverError {
  const of = step.kind === kind ? '' : ` (a ${step.kind})`
  return planChanged(`\n  step ${step.number}  - ${step.title}${of}\n          + ${title}${of && ` (a ${kind})`}`)
}
