import { runCutover } from '@cutover/rollback'
import { expect, test } from 'vitest'

import { mutants, mutated, rehearseMutant } from './mutants.ts'

for (const { impatient, ...mutant } of mutants) {
  const { name, script, depth, healthy, says } = mutant
  const how = depth === 0 ? 'without a fault' : depth === 1 ? 'with one fault' : 'with two faults'
  test(`found ${how} (${script}, target ${healthy ? 'well' : 'sick'}): ${name}`, { timeout: 60_000 }, async () => {
    const sound = await rehearseMutant(mutant, runCutover)
    const { engine, remove } = await mutated(mutant)
    try {
      const report = await rehearseMutant({ ...mutant, ...(impatient ? { impatient } : {}) }, engine)

      expect(sound.violations.map(({ text }) => text)).toEqual([])
      // A defect of the run without a fault may be how it ends.
      expect(depth === 0 ? sound.end : report.end).toBe(sound.end)
      expect(report.violations[0]?.text).toContain(says)
      expect(report.violations[0]?.faults).toHaveLength(depth)
    } finally {
      await remove()
    }
  })
}
