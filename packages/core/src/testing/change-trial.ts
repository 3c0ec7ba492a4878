import type { ChangeSpec, Context, Standing } from '../change.ts'
import { CutoverError } from '../cutover-error.ts'
import type { Report } from '../event.ts'
import { journalCopy, sameJson } from '../json.ts'
import type { CallOptions } from './effect.ts'
import { FakeWorld } from './fake-world.ts'
import type { Fault } from './fault.ts'

/** What one case holds to the contract. */
export interface ChangeUnderTest {
  /** Makes the change anew, as another process would. */
  change(): ChangeSpec
  /** Somebody else alters what the change owns. Without it, the cases about foreign edits are left out. */
  editBehind?(): void
  /** False when the service has no conditional write: then an edit in the middle of a write cannot be seen. @default true */
  readonly cas?: boolean | undefined
}

export interface ChangeConformanceOptions {
  /** Puts fakes into a fresh world. Their state must be told to `world.watch`: it is what the cases compare. */
  setUp(world: FakeWorld): ChangeUnderTest
  /** Texts that may appear in no `before`, intent, event, hint or error. */
  readonly secrets?: readonly string[] | undefined
}

/** A change under test, in a world of its own. */
export class ChangeTrial {
  readonly world: CountingWorld
  readonly under: ChangeUnderTest
  readonly change: ChangeSpec
  readonly context: Context
  /** All that a journal, a screen or a log may have got to see. */
  readonly said: unknown[] = []
  readonly #found: string

  constructor(options: ChangeConformanceOptions, faults: ReadonlyMap<number, Fault> = new Map()) {
    const { lateMs } = options.setUp(new FakeWorld()).change()
    this.world = new CountingWorld({ lateMs, faults })
    this.under = options.setUp(this.world)
    if (this.world.watched.size === 0) failed('the fake tells no state to world.watch, so nothing could be compared')
    this.change = this.under.change()
    this.context = {
      clock: this.world.clock,
      signal: this.world.signal,
      key: `conformance/${this.change.id}`,
      fence: () => {},
      report: (report: Report) => void this.said.push(report),
    }
    this.#found = this.#snapshot()
  }

  /** Runs as a process of its own, so that nothing is left that keeps time going. */
  async run(body: (trial: ChangeTrial) => Promise<void>): Promise<void> {
    const process = this.world.spawn('conformance')
    try {
      await this.world.runAs(process, () => body(this))
    } finally {
      this.world.end()
    }
  }

  /** What was captured, as a journal gives it back. */
  async capture(change: ChangeSpec = this.change): Promise<unknown> {
    const before = await must('capture', () => change.capture(this.context))
    this.said.push(before)
    return journalCopy(before === undefined ? undefined : (JSON.parse(JSON.stringify(before)) as unknown), 'before')
  }

  async probe(before: unknown, change: ChangeSpec = this.change): Promise<Standing<unknown>> {
    const standing: Standing<unknown> = await must('probe', () => change.probe(before, this.context))
    this.said.push(standing)
    return standing
  }

  async standing(before: unknown, change?: ChangeSpec): Promise<Standing<unknown>['is']> {
    return (await this.probe(before, change)).is
  }

  /** Applies, whatever it answers; answers how it was rejected. */
  apply(before: unknown, context: Context = this.context): Promise<unknown> {
    return this.#rejection(() => this.change.apply(before, context))
  }

  revert(before: unknown, context: Context = this.context, change: ChangeSpec = this.change): Promise<unknown> {
    return this.#rejection(() => change.revert(before, context))
  }

  /** Captures and applies. */
  async applied(): Promise<unknown> {
    const before = await this.capture()
    await this.apply(before)
    return before
  }

  /** Goes on as a runner does after an answer that it cannot trust. */
  async converge(before: unknown): Promise<void> {
    for (let attempt = 0; attempt < 3 && (await this.standing(before)) !== 'applied'; attempt++) {
      await this.world.clock.sleep(this.change.lateMs)
      if (this.change.rerun === 'never' || (await this.standing(before)) === 'applied') return
      await this.apply(before)
    }
  }

  /** What was seen of the applied change. */
  async seen(before: unknown): Promise<unknown> {
    const standing = await this.probe(before)
    return standing.is === 'applied' ? standing.seen : undefined
  }

  /** What settle answers without a hint, or what was seen when there is no settle. */
  async after(before: unknown, seen: unknown): Promise<unknown> {
    const { change, context, world } = this
    const options = { toward: 'applied', since: world.clock.now() } as const
    const after: unknown = change.settle
      ? await must('settle without a hint', () => change.settle?.(before, seen, context, options))
      : seen
    this.said.push(after)
    return after
  }

  /** Does that in a process that dies of a fault, or ends. */
  async inAnotherProcess(work: () => Promise<unknown>): Promise<void> {
    const process = this.world.spawn('mortal')
    await new Promise<void>((resolve) => {
      process.onStop = resolve
      void this.world.runAs(process, work).then(
        () => resolve(),
        () => resolve(),
      )
    })
  }

  get writes(): number {
    return this.world.effects.length
  }

  state(): unknown {
    return JSON.parse(this.#snapshot())
  }

  isAsFound(when: string): void {
    equal(this.state(), JSON.parse(this.#found), `state ${when}`)
  }

  editBehind(): void {
    this.under.editBehind?.()
  }

  #snapshot(): string {
    return JSON.stringify([...this.world.watched].map(([subject, snapshot]) => [subject, snapshot()]))
  }

  async #rejection(call: () => Promise<unknown>): Promise<unknown> {
    try {
      this.said.push(await call())
      return undefined
    } catch (error) {
      this.said.push(confession(error))
      return error ?? new Error('rejected without a reason')
    }
  }
}

/** Counts the calls, and lets somebody in before each. */
class CountingWorld extends FakeWorld {
  calls = 0
  beforeCall: ((call: number) => void) | undefined

  override call<T>(operation: string, options: CallOptions, body: () => T): Promise<T> {
    this.calls += 1
    this.beforeCall?.(this.calls)
    return super.call(operation, options, body)
  }
}

/** Everything that an error shows when it is printed. */
function confession(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  return Object.assign({}, error, { name: error.name, message: error.message, cause: confession(error.cause) })
}

export async function must<T>(what: string, call: () => PromiseLike<T> | T): Promise<T> {
  try {
    return await call()
  } catch (error) {
    return failed(`${what} rejects: ${error instanceof Error ? error.message : String(error)}`, error)
  }
}

export function equal(found: unknown, wanted: unknown, what: string): void {
  if (!sameJson(found, wanted)) failed(`${what}: found ${JSON.stringify(found)}, wanted ${JSON.stringify(wanted)}`)
}

export function failed(message: string, cause?: unknown): never {
  throw new CutoverError('CONFORMANCE_FAILED', message, { cause })
}
