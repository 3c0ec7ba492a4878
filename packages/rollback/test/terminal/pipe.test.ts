import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

import { expect, test } from 'vitest'

const script = fileURLToPath(new URL('piped-cutover.ts', import.meta.url))

test(
  'into a pipe go plain lines, to the standard error, so that what the script prints stays alone',
  { timeout: 30_000 },
  async () => {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [script], {
      env: { ...process.env, LC_ALL: 'C.UTF-8' },
    })

    expect(stdout).toBe('ready, target\n')
    expect(stderr).not.toContain('\u001b')
    expect(stderr.split('\n').map((line) => line.replace(/^\d\d:\d\d:\d\d/, 'TIME'))).toEqual([
      expect.stringMatching(/^TIME orders - open {3}\w+ \d+ \w+ UTC, begins, journal memory$/),
      'TIME orders 1 start  Turn the switch',
      expect.stringMatching(/^TIME orders 1 done {3}\d+m?s$/),
      expect.stringMatching(/^TIME orders - end {4}COMPLETED in \d+m?s: 1 change, 1 step$/),
      '',
    ])
  },
)
