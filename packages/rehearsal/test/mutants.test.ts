import { runCutover } from '@cutover/rollback'
import { expect, test } from 'vitest'

import { mutants, mutated, rehearseMutant } from './mutants.ts'

for (const mutant of mutants) {
  const { name, script, depth, healthy } = mutant
  test(
    `found at depth ${depth} with ${script}, target ${healthy ? 'healthy' : 'sick'}: ${name}`,
    { timeout: 60_000 },
    async () => {
      const sound = await rehearseMutant({ ...mutant, pairs: 300 }, runCutover)
      expect(sound.violations.map(({ text }) => text)).toEqual([])

      const { engine, remove } = await mutated(mutant)
      try {
        const report = await rehearseMutant(mutant, engine)

        expect(report.violations.length).toBeGreaterThan(0)
      } finally {
        await remove()
      }
    },
  )
}
