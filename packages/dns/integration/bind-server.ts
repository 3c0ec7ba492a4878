// BIND's own client, for edits behind our back.
import { spawn } from 'node:child_process'
import { once } from 'node:events'

import { type BindKey, bindServer, type BindServer, freePort, missingBind as lookForBind } from '@cutover/dns/testing'

export { type BindKey, bindServer, type BindServer, freePort }

export const missingBind = lookForBind()

/** Debian puts servers where a user's PATH does not look. */
const env = { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin:/usr/local/sbin` }

/** Somebody else's edit, with BIND's own client; answers what it printed and its exit code: 2 when the server refuses. */
export function nsupdate(
  server: { readonly port: number },
  key: BindKey | undefined,
  lines: readonly string[],
): Promise<{ status: number | null; output: string }> {
  return run('nsupdate', signedWith(key), `server 127.0.0.1 ${server.port}\n${lines.join('\n')}\nsend\n`)
}

export async function dig(
  server: { readonly port: number },
  key: BindKey | undefined,
  question: readonly string[],
): Promise<string> {
  const where = ['+norecurse', '+tries=1', '+time=2', '@127.0.0.1', '-p', String(server.port)]
  return (await run('dig', [...signedWith(key), ...where, ...question])).output
}

const signedWith = (key: BindKey | undefined): string[] =>
  key ? ['-y', `${key.algorithm ?? 'hmac-sha256'}:${key.name}:${key.secret}`] : []

async function run(
  command: string,
  options: readonly string[],
  input = '',
): Promise<{ status: number | null; output: string }> {
  const child = spawn(command, options, { env, stdio: ['pipe', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
  child.stdin.end(input)
  await once(child, 'close')
  return { status: child.exitCode, output }
}
