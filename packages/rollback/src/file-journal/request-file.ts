import { open, readFile } from 'node:fs/promises'

import { CutoverError } from '@cutover/core'

import type { OperatorRequest, Requests } from '../operator-request.ts'

/** One JSON line per request in `FILE.requests`, appended by anybody; a line is whole when its newline is there. */
export function requestFile(journal: string): Requests {
  const path = `${journal}.requests`
  return {
    async send(request) {
      // A newline before it too: a line that another writer tore must not swallow this one.
      const line = `\n${JSON.stringify(request)}\n`
      try {
        const handle = await open(path, 'a')
        try {
          await handle.write(line)
          await handle.sync()
        } finally {
          await handle.close()
        }
      } catch (error) {
        throw new CutoverError('CUTOVER_JOURNAL_FAILED', `${path} could not be written: ${(error as Error).message}`, {
          cause: error,
          next: 'It must be possible to write beside the journal.',
        })
      }
    },
    async since(place) {
      let text: string
      try {
        text = await readFile(path, 'utf8')
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
        throw error
      }
      const whole = text.slice(0, text.lastIndexOf('\n') + 1)
      return whole.split('\n').flatMap(parsed).slice(place)
    },
  }
}

/** What is no request, such as a torn line, is passed over by everybody alike. */
function parsed(line: string): OperatorRequest[] {
  if (line === '') return []
  try {
    const { do: what, step, who, why } = JSON.parse(line) as Partial<OperatorRequest>
    if (what === undefined || typeof who !== 'string' || typeof why !== 'string') return []
    return [{ do: what, ...(step !== undefined && { step }), who, why }]
  } catch {
    return []
  }
}
