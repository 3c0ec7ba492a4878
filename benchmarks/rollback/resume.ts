import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { build } from 'tsup'

import { median } from './figures.ts'

const run = promisify(execFile)

/** Milliseconds from the start of a process to where its predecessor was, which was killed; from JavaScript, as users have it. */
export async function resumeMs(directory: string, rounds: number): Promise<number> {
  await build({
    entry: [join(import.meta.dirname, 'resuming.ts')],
    outDir: directory,
    format: ['esm'],
    outExtension: () => ({ js: '.mjs' }),
    platform: 'node',
    noExternal: [/^@cutover\//],
    removeNodeProtocol: false,
    config: false,
    silent: true,
  })
  const script = join(directory, 'resuming.mjs')
  const took: number[] = []
  for (let i = 0; i < rounds; i++) {
    const journal = join(directory, `resumed-${i}.jsonl`)
    const died = await run(process.execPath, [script, journal, 'first']).catch((error: { signal?: string }) => error)
    if (!('signal' in died) || died.signal !== 'SIGKILL') throw new Error('it was not killed')
    const { stdout } = await run(process.execPath, [script, journal, 'second'])
    took.push(Number(/^resumed ([\d.]+)$/m.exec(stdout)?.[1] ?? Number.NaN))
  }
  return median(took)
}
