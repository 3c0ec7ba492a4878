import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { expect, test } from 'vitest'

const run = promisify(execFile)

test(
  'the main job moves the name, survives its kill, comes back, and leaves nobody without an answer',
  { timeout: 90_000 },
  async () => {
    const { stdout } = await run(process.execPath, [join(import.meta.dirname, '../main.ts')])

    const told = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as Record<string, number> & {
      rehearsal: unknown
    }
    expect(told).toMatchObject({ unanswered: 0, rehearsal: { violations: 0 } })
    expect(told['requests']).toBeGreaterThan(200)
    expect(told['backAt']).toBeGreaterThan(told['movedAt'] ?? Number.POSITIVE_INFINITY)
    expect(told['rtoMs']).toBeGreaterThanOrEqual(0)
  },
)
