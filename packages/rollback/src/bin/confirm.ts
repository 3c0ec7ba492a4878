import { createInterface } from 'node:readline/promises'

import { CutoverError } from '@cutover/core'

import { quoted } from '../answer-command.ts'
import type { Request } from './usage.ts'

/**
 * Asks whether to go ahead. Where nobody sits at a terminal, nothing is taken for a yes.
 *
 * @throws CutoverError `CUTOVER_NOT_CONFIRMED`
 */
export async function confirm(request: Request, parameters: readonly string[]): Promise<void> {
  if (request.yes) return
  if (!process.stdin.isTTY || !process.stdout.isTTY) {
    throw new CutoverError('CUTOVER_NOT_CONFIRMED', 'REFUSED: nothing was done, since nobody could be asked here', {
      next: `To go ahead: npx --no-install cutover ${parameters.map(quoted).join(' ')} --yes`,
    })
  }
  const terminal = createInterface({ input: process.stdin, output: process.stdout })
  const gone = new AbortController()
  terminal.once('close', () => gone.abort())
  try {
    const said = await terminal
      .question(`${request.name} as ${request.who}? y/N `, { signal: gone.signal })
      .catch(() => '')
    if (/^y(es)?$/i.test(said.trim())) return
  } finally {
    terminal.close()
  }
  throw new CutoverError('CUTOVER_NOT_CONFIRMED', 'REFUSED: nothing was done')
}
