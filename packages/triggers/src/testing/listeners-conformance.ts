import {
  type Clock,
  type Context,
  CutoverError,
  isCutoverError,
  journalCopy,
  sameJson,
  systemClock,
} from '@cutover/core'
import type { ConformanceCase } from '@cutover/core/testing'

import type { FoundTrigger, Listeners, TriggerSetting, TriggerState } from '../listeners.ts'

/** A side as a case finds it. */
export interface ListenersUnderTest<Name extends string = string> {
  readonly listeners: Listeners<Name>
  /** It listens. */
  readonly name: Name
  /** Another trigger of the same side: what is done to the first must not touch it. */
  readonly other?: Name | undefined
  /** A handle of something that is not there. */
  readonly missing?: { readonly listeners: Listeners<Name>; readonly name: Name } | undefined
}

export interface ListenersConformanceOptions<Name extends string = string> {
  /** A side whose triggers listen; called once for each case. */
  listening(): ListenersUnderTest<Name> | Promise<ListenersUnderTest<Name>>
  /** @default systemClock */
  readonly clock?: Clock | undefined
}

/** Holds an implementation of the port to its contract. */
export function listenersConformance<Name extends string>(
  options: ListenersConformanceOptions<Name>,
): readonly ConformanceCase[] {
  return Object.entries(cases).map(([name, body]) => ({
    name,
    async run() {
      const under: ListenersUnderTest = (await options.listening()) as unknown as ListenersUnderTest
      await body(new Trial(under, options.clock ?? systemClock))
    },
  }))
}

const cases: Readonly<Record<string, (trial: Trial) => Promise<void>>> = {
  async 'tells that a trigger listens, and how it is switched, in plain JSON'({ listeners, name, look, setting }) {
    equal((await look()).state, 'listening', 'state')
    const found = await setting()
    equal(journalCopy(found, 'setting'), found, 'setting after a journal')
    equal(listeners.names.includes(name), true, 'names contain it')
  },

  async 'says which setting would switch it, and calls a setting that does so already the right one'(trial) {
    const on = await trial.setting()
    const off = trial.switched(on, 'stopped')
    equal(sameJson(on, off), false, 'stopped is another setting than listening')
    equal(trial.switched(on, 'listening'), on, 'the setting of what listens, switched to listening')
    equal(trial.switched(off, 'stopped'), off, 'the setting of what is stopped, switched to stopped')
    equal(trial.switched(trial.switched(off, 'listening'), 'stopped'), off, 'stopped by way of listening')
  },

  async 'stops a trigger: told at once, and felt within switchMs'(trial) {
    const on = await trial.setting()
    const off = trial.switched(on, 'stopped')
    await trial.write({ from: on, to: off })
    equal(await trial.setting(), off, 'setting directly after the write')
    await trial.until('stopped')
    equal(await trial.setting(), off, 'setting in the end')
  },

  async 'puts back exactly the setting that was found'(trial) {
    const on = await trial.setting()
    const off = trial.switched(on, 'stopped')
    await trial.write({ from: on, to: off })
    await trial.until('stopped')
    await trial.write({ from: off, to: on })
    await trial.until('listening')
    equal(await trial.setting(), on, 'setting in the end')
  },

  async 'waits before a write until the service takes one, not after it'(trial) {
    const on = await trial.setting()
    const off = trial.switched(on, 'stopped')
    await trial.write({ from: on, to: off })
    await trial.write({ from: off, to: on })
    equal(trial.sleptAfterSending, 0, 'milliseconds waited after sending')
    await trial.until('listening')
    equal(await trial.setting(), on, 'setting in the end')
  },

  async 'does nothing when it is so already'(trial) {
    const on = await trial.setting()
    await trial.write({ from: trial.switched(on, 'stopped'), to: on })
    equal(trial.fences, 0, 'writes')
    equal((await trial.look()).state, 'listening', 'state')
  },

  async 'writes nothing when it is switched otherwise than expected'(trial) {
    const on = await trial.setting()
    const off = trial.switched(on, 'stopped')
    await trial.rejects('TRIGGERS_CONFLICT', () => trial.write({ from: off, to: off }))
    equal(await trial.setting(), on, 'setting')
  },

  async 'calls fence before it sends, and sends nothing when that throws'(trial) {
    const on = await trial.setting()
    const setting = { from: on, to: trial.switched(on, 'stopped') }
    await trial.rejects('CUTOVER_FENCED', () => trial.write(setting, { fence: fenced }))
    equal(await trial.setting(), on, 'setting')
    await trial.write(setting)
    equal(trial.fences > 0, true, 'fence was called')
  },

  async 'rejects with the reason of an aborted signal, and sends nothing'(trial) {
    const on = await trial.setting()
    const reason = new CutoverError('CONFORMANCE_STOPPED', 'stopped')
    const signal = AbortSignal.abort(reason)
    const setting = { from: on, to: trial.switched(on, 'stopped') }
    await trial.rejects('CONFORMANCE_STOPPED', () => trial.write(setting, { signal }))
    await trial.rejects('CONFORMANCE_STOPPED', () => trial.listeners.look(trial.name, { signal }))
    equal(await trial.setting(), on, 'setting')
  },

  async 'leaves its other triggers alone'(trial) {
    const { other, listeners } = trial
    if (other === undefined) return
    const untouched = (await listeners.look(other)).setting
    const on = await trial.setting()
    await trial.write({ from: on, to: trial.switched(on, 'stopped') })
    await trial.until('stopped')
    equal((await listeners.look(other)).setting, untouched, `setting of ${other}`)
    await trial.write({ from: trial.switched(on, 'stopped'), to: on })
    await trial.until('listening')
    equal((await listeners.look(other)).setting, untouched, `setting of ${other} in the end`)
  },

  async 'counts what it can count, and gives no number for what it cannot'(trial) {
    const { inFlight, waiting, longestMs, text } = await trial.listeners.activity(trial.name)
    for (const number of [inFlight, waiting, longestMs]) {
      equal(
        number === undefined || (Number.isFinite(number) && number >= 0),
        true,
        `undefined, or 0 or more: ${number}`,
      )
    }
    equal(text === '', false, 'a text that is empty')
  },

  async 'says how by hand, and with which permissions'({ listeners, name, setting }) {
    for (const way of ['look', 'listening', 'stopped', await setting()] as const) {
      equal(/^\w/.test(listeners.byHand(name, way)), true, 'a command')
    }
    equal(listeners.permissions(name).length > 0, true, 'some permission')
  },

  async 'refuses a name that it does not have'(trial) {
    await trial.rejects('TRIGGERS_OPTION_INVALID', () => trial.listeners.look('no-such-trigger'))
  },

  async 'says so when what it names is not there'(trial) {
    const { missing } = trial
    if (!missing) return
    await trial.rejects('TRIGGERS_NOT_FOUND', () => missing.listeners.look(missing.name))
  },
}

const fenced = (): never => {
  throw new CutoverError('CUTOVER_FENCED', 'another runner has taken over')
}

/** One case's hold on the side. */
class Trial {
  readonly listeners: Listeners
  readonly name: string
  readonly other: string | undefined
  readonly missing: ListenersUnderTest['missing']
  readonly #clock: Clock
  fences = 0
  sleptAfterSending = 0
  #hasSent = false

  constructor({ listeners, name, other, missing }: ListenersUnderTest, clock: Clock) {
    this.listeners = listeners
    this.name = name
    this.other = other
    this.missing = missing
    this.#clock = clock
  }

  readonly look = (): Promise<FoundTrigger> => this.listeners.look(this.name)

  readonly setting = async (): Promise<TriggerSetting> => {
    const { setting, text } = await this.look()
    return setting ?? failed(`the setting is not told: ${text}`)
  }

  switched(setting: TriggerSetting, to: 'listening' | 'stopped'): TriggerSetting {
    return this.listeners.switched(this.name, setting, to)
  }

  async write(
    setting: { readonly from: TriggerSetting; readonly to: TriggerSetting },
    { fence, signal }: Partial<Pick<Context, 'fence' | 'signal'>> = {},
  ): Promise<void> {
    this.#hasSent = false
    await this.listeners.write(this.name, setting, {
      signal: signal ?? new AbortController().signal,
      report: () => {},
      fence: () => {
        fence?.()
        this.fences += 1
        this.#hasSent = true
      },
      clock: {
        ...this.#clock,
        sleep: (ms, options) => {
          if (this.#hasSent) this.sleptAfterSending += ms
          return this.#clock.sleep(ms, options)
        },
      },
    })
  }

  async until(state: TriggerState): Promise<void> {
    const startedAt = this.#clock.monotonic()
    for (;;) {
      const found = await this.look()
      if (found.state === state) return
      if (this.#clock.monotonic() - startedAt > this.listeners.switchMs) {
        failed(`not ${state} within switchMs, ${this.listeners.switchMs} ms: ${found.text}`)
      }
      await this.#clock.sleep(Math.max(1, this.listeners.switchMs / 50))
    }
  }

  async rejects(code: string, call: () => Promise<unknown>): Promise<void> {
    let error: unknown
    try {
      await call()
    } catch (thrown) {
      error = thrown
    }
    if (!isCutoverError(error, code)) failed(`wanted ${code}, found ${String(error)}`)
  }
}

function equal(found: unknown, wanted: unknown, what: string): void {
  if (!sameJson(found, wanted)) failed(`${what}: found ${JSON.stringify(found)}, wanted ${JSON.stringify(wanted)}`)
}

function failed(message: string): never {
  throw new CutoverError('CONFORMANCE_FAILED', message)
}
