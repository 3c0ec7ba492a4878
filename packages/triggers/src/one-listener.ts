import { type Check, defineCheck } from '@cutover/core'

import type { Listeners, TriggerState } from './listeners.ts'
import { triggerNames } from './trigger-names.ts'

/** A sentence in the compiler's message where the target lacks a name of the source. */
export type HasEvery<Source extends string, Target extends string> = [Exclude<Source, Target>] extends [never]
  ? unknown
  : `The target has no trigger named ${Exclude<Source, Target>}`

/** Who listens, by name: the id of a side, `both` or `none`; and the state of each side. */
export type ListenerEvidence = Readonly<
  Record<string, { readonly listener: string; readonly source: TriggerState; readonly target: TriggerState }>
>

/**
 * Passes when exactly one side listens for each name, whichever it is; without names, for every name of the source.
 *
 * Undecided while a side is changing. Fails when both listen, or none does: ask it after `activate`, not between.
 *
 * @throws CutoverError `TRIGGERS_OPTION_INVALID` at once.
 */
export function oneListener<Source extends string, Target extends string>(
  source: Listeners<Source>,
  target: Listeners<Target> & HasEvery<Source, Target>,
  names?: readonly NoInfer<Source>[],
): Check<ListenerEvidence> {
  const other: Listeners<Target> = target
  const asked = triggerNames<Source>(source, names)
  const mirrored = triggerNames<string>(other, asked) as readonly Target[]
  return defineCheck({
    id: `triggers:one-listener:${source.id}:${other.id}:${asked.join(',')}`,
    title: `Exactly one of ${source.id} and ${other.id} listens: ${asked.join(', ')}`,
    async run({ signal }) {
      const evidence: Record<string, ListenerEvidence[string]> = {}
      const [pending, wrong, right]: [string[], string[], string[]] = [[], [], []]
      for (const [place, name] of asked.entries()) {
        const here = await source.look(name, { signal })
        const there = await other.look(mirrored[place] as Target, { signal })
        const listening = [
          ...(here.state === 'listening' ? [source.id] : []),
          ...(there.state === 'listening' ? [other.id] : []),
        ]
        const listener = listening.length === 2 ? 'both' : (listening[0] ?? 'none')
        evidence[name] = { listener, source: here.state, target: there.state }
        if (here.state === 'changing' || there.state === 'changing') {
          pending.push(`${name}: ${here.state === 'changing' ? here.text : there.text}`)
        } else if (listening.length === 2) wrong.push(`${name}: both ${source.id} and ${other.id} listen`)
        else if (listening.length === 0) wrong.push(`${name}: nobody listens`)
        else right.push(`${name}: ${listener} listens`)
      }
      // Two listeners are two listeners, whatever else is still changing.
      const status = wrong.length > 0 ? 'fail' : pending.length > 0 ? 'undecided' : 'pass'
      return { status, text: [...wrong, ...pending, ...right].join('; '), evidence }
    },
  })
}
