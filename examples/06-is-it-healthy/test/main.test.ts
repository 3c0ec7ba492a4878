import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { expect, test } from 'vitest'

test('a target that is well is promoted, and one that falls ill is rolled back', { timeout: 300_000 }, async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [join(import.meta.dirname, '../main.ts')])

  const lines = stdout.trimEnd().split('\n')
  expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ well: 'promote', ill: 'rollback', alpha: 0.05 })
  expect(stdout).toMatch(/needs \d+ errors ≈ \w+ to promote/)
  expect(stdout).toMatch(/continue: ratio [\d.]+ to [\d.]+ so far; needs \d+ more errors/)
})
