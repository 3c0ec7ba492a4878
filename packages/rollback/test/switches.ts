// A small service and its change: the tests of the engine know no cloud.
import {
  type Answer,
  type Change,
  type ChangeSpec,
  type Check,
  CutoverError,
  defineChange,
  defineCheck,
} from '@cutover/core'
import type { CallOptions, FakeWorld } from '@cutover/core/testing'

export interface Switches {
  read(name: string, options?: CallOptions): Promise<string>
  write(name: string, from: string, to: string, options?: CallOptions): Promise<void>
  readonly state: Readonly<Record<string, string>>
  set(name: string, to: string): void
}

export function inMemorySwitches(
  world: FakeWorld,
  initial: Readonly<Record<string, string>>,
  options: { readonly ms?: number } = {},
): Switches {
  const state = new Map(Object.entries(initial))
  const { ms = 0 } = options
  world.watch('switches', () => Object.fromEntries(state))
  return {
    get state() {
      return Object.fromEntries(state)
    },
    set: (name, to) => void state.set(name, to),
    read: (name, call) => world.call(`switches.read ${name}`, { ...call, ms }, () => state.get(name) ?? ''),
    write: (name, from, to, call) =>
      world.call(`switches.write ${name}`, { ...call, ms, write: true }, () => {
        if (state.get(name) !== from)
          throw new CutoverError('SWITCH_CONFLICT', `${name} is ${state.get(name)}, not ${from}`)
        state.set(name, to)
      }),
  }
}

export function turn(
  switches: Switches,
  name: string,
  to: string,
  options: { readonly settleMs?: number; readonly lateMs?: number; readonly rerun?: 'safe' | 'never' } = {},
): Change<string, { readonly to: string }> {
  const { settleMs = 0, lateMs = 45_000, rerun = 'safe' } = options
  return defineChange({
    id: `turn:${name}:${to}`,
    subject: `switch:${name}`,
    title: `Turn ${name} to ${to}`,
    intent: { to },
    lateMs,
    rerun,
    capture: ({ signal }) => switches.read(name, { signal }),
    async probe(before, { signal }) {
      const now = await switches.read(name, { signal })
      if (now === to) return { is: 'applied', seen: { to } }
      return now === before ? { is: 'absent' } : { is: 'foreign', found: now }
    },
    apply: (before, { signal, fence }) => switches.write(name, before, to, { signal, fence }),
    async revert(before, { signal, fence }) {
      if ((await switches.read(name, { signal })) === to) await switches.write(name, to, before, { signal, fence })
    },
    async settle(_before, _seen, { clock, signal }, { since }) {
      const left = since + settleMs - clock.now()
      if (left > 0) await clock.sleep(left, { signal })
      return { to }
    },
    estimate: () => ({ applyMs: settleMs, revertMs: settleMs }),
  })
}

export const is = (switches: Switches, name: string, wanted: string): Check =>
  defineCheck({
    id: `is:${name}:${wanted}`,
    title: `${name} is ${wanted}`,
    async run({ signal }) {
      const now = await switches.read(name, { signal })
      return { status: now === wanted ? 'pass' : 'fail', text: `${name} is ${now}`, evidence: now }
    },
  })

type Turned = { readonly to: string }

/** The same change with some of its parts replaced. */
export const altered = (
  change: Change<string, Turned>,
  parts: Partial<ChangeSpec<string, Turned>>,
): Change<string, Turned> => defineChange(Object.assign({}, change, parts))

/** A check that answers what it is given, one after the other, and the last for ever; counts how often it was asked. */
export function saying(
  id: string,
  ...answers: readonly (Answer['status'] | Answer)[]
): Check & { readonly asked: number } {
  let asked = 0
  return {
    id,
    title: `${id} is well`,
    get asked() {
      return asked
    },
    async run() {
      const given = answers[Math.min(asked++, answers.length - 1)] ?? 'pass'
      return typeof given === 'string' ? { status: given, text: `it says ${given}` } : given
    },
  }
}
