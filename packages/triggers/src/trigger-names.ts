import { CutoverError } from '@cutover/core'

import type { Listeners } from './listeners.ts'

/** The names asked for, or else all; each of them once. @throws CutoverError `TRIGGERS_OPTION_INVALID` */
export function triggerNames<Name extends string>(
  { id, names: known }: Pick<Listeners<Name>, 'id' | 'names'>,
  asked: readonly Name[] = known,
): readonly Name[] {
  const unknown = asked.find((name) => !known.includes(name))
  if (unknown !== undefined) {
    throw new CutoverError(
      'TRIGGERS_OPTION_INVALID',
      `${id} has no trigger ${unknown}; wanted one of ${known.join(', ')}`,
    )
  }
  if (asked.length === 0) throw new CutoverError('TRIGGERS_OPTION_INVALID', `${id}: no trigger is named`)
  return [...new Set(asked)]
}
