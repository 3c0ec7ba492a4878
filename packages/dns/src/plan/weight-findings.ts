import { isCutoverError } from '@cutover/core'

import { describeRecordSet } from '../record-set.ts'
import { weightsFor } from '../weights.ts'
import type { WeightedStep } from './blast-radius.ts'
import { blocker, type Finding } from './finding.ts'
import type { Looking } from './looking.ts'

/** Can the record's weights say that step? */
export function weightFindings({ zone, name, to, found }: Looking, { percent }: WeightedStep): Finding[] {
  if (!found) return []
  const { weighted } = zone.supports
  if (weighted === false) {
    const text = `the provider of ${name} has no weights`
    return [blocker('weights-unsupported', text, 'Repoint it as a whole, or move clients at a gateway by weights.')]
  }
  if (found.kind !== 'weighted') {
    const text = `${name} has no weights: it is ${describeRecordSet(found)}`
    return [blocker('weights-unsupported', text, 'First: toWeighted(record, …)')]
  }
  const member = found.members.find(({ values }) => values?.length === 1 && values[0] === to[0])
  if (!member) {
    const text = `no member of ${name} answers ${to.join(', ')}: it is ${describeRecordSet(found)}`
    const meant = found.members.find(({ id }) => id === to[0])?.values?.[0]
    const fix =
      meant === undefined
        ? 'Give it a member for the new side first, with weight 0.'
        : `Say what it answers: to: '${meant}'`
    return [blocker('weights-unsupported', text, fix)]
  }
  try {
    weightsFor(
      member.id,
      percent,
      Object.fromEntries(found.members.map(({ id, weight }) => [id, weight])),
      weighted.most,
    )
    return []
  } catch (error) {
    if (!isCutoverError(error)) throw error
    return [blocker('weights-unsupported', `${name}: ${error.message}`, 'Take the nearest share.')]
  }
}
