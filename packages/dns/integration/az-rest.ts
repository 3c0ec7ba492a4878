import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

import type { LocalAzure } from '@cutover/local-azure'

/** Runs commands of `az rest` against the local server: a shell parts their words, as a person's would. Answers each status. */
export async function azRest(server: LocalAzure, commands: readonly string[] = []): Promise<readonly number[]> {
  const { token } = await server.credential().getToken('https://management.azure.com/.default')
  const statuses: number[] = []
  for (const command of commands) {
    // `printf` in place of `az`: what it is given, one word after the other.
    const { stdout } = await promisify(execFile)('sh', ['-c', `az() { printf '%s\\0' "$@"; }; ${command}`])
    const words = stdout.split('\0').slice(0, -1)
    const option = (name: string): string | undefined => words[words.indexOf(name) + 1 || words.length]
    const url = `${server.url}${option('--url')?.replace('{subscriptionId}', server.subscriptionId)}`
    const [header, value] = option('--headers')?.split('=') ?? []
    const body = option('--body')
    const answer = await fetch(url, {
      method: option('--method')?.toUpperCase() ?? '',
      headers: {
        authorization: `Bearer ${token}`,
        ...(header !== undefined && value !== undefined && { [header]: value }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body }),
    })
    statuses.push(answer.status)
  }
  return statuses
}
