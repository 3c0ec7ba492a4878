import type { Notifier } from './message.ts'
import { invalid } from './post.ts'

/** @throws CutoverError `CUTOVER_OPTIONS_INVALID` */
export function notifiersOf(notify: readonly Notifier[] = []): readonly Notifier[] {
  if (!Array.isArray(notify)) throw invalid('notify is not a list; wanted a list of notifiers: [slack({ url })]')
  const given: readonly Notifier[] = notify
  const names = given.map((notifier: Partial<Notifier> | null | undefined) => {
    const { name, send } = notifier ?? {}
    if (typeof send !== 'function') throw invalid('notify has something that is no notifier: it cannot send')
    if (typeof name === 'string' && /^[\w.-]+$/.test(name)) return name
    throw invalid(`a notifier is named ${JSON.stringify(name)}; wanted letters, digits, . _ and -`)
  })
  const twice = names.find((name, place) => names.indexOf(name) !== place)
  if (twice !== undefined) throw invalid(`two notifiers are named ${twice}; give one another name`)
  return given
}
