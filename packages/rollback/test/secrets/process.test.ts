import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { expect, test } from 'vitest'

const secret = 'Zm9vYmFyMTIz0badc0ffee0not0real'

test(
  'a process that dies of a refusal full of secrets leaves none: not on its screen, nor in a file, nor with a receiver',
  { timeout: 30_000 },
  async () => {
    const directory = await mkdtemp(join(tmpdir(), 'cutover-leak-'))
    const bodies: string[] = []
    let isFirst = true
    const server = createServer((request, response) => {
      request.on('data', (chunk: Buffer) => bodies.push(chunk.toString()))
      // The first is cut off, so that an error tells of the connection.
      request.on('end', () => (isFirst ? response.destroy() : response.end('ok')))
      isFirst = false
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    try {
      const { port } = server.address() as AddressInfo
      const script = join(import.meta.dirname, 'leaking.ts')

      const { code, printed } = await new Promise<{ readonly code: unknown; readonly printed: string }>((resolve) =>
        execFile(
          process.execPath,
          [script, directory, secret, String(port)],
          { timeout: 20_000 },
          (error, stdout, stderr) => resolve({ code: error?.code, printed: stdout + stderr }),
        ),
      )
      const files = await Promise.all(
        (await readdir(directory)).map(async (name) => [name, await readFile(join(directory, name), 'utf8')] as const),
      )

      const leaks = Object.entries({ printed, bodies: bodies.join('\n'), ...Object.fromEntries(files) })
        .filter(([, text]) => text.includes(secret) || text.includes(Buffer.from(secret).toString('base64')))
        .map(([where]) => where)
      expect(leaks).toEqual([])
      expect(code).toBe(1)
      expect(printed).toContain('403 for AccountKey=[secret]')
      expect(files.map(([name]) => name)).toEqual(expect.arrayContaining(['journal.jsonl', 'sheet.md']))
      expect(bodies.join('\n')).toContain('GOES BACK')
    } finally {
      server.closeAllConnections()
      server.close()
      await rm(directory, { recursive: true, force: true })
    }
  },
)
