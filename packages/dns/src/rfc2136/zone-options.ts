import { CutoverError } from '@cutover/core'

import { Malformed } from './malformed.ts'
import { canonicalName } from './name.ts'

interface ZoneOptions {
  readonly server: string
  readonly port: number
  readonly zone: string
  readonly key: object
  readonly servers: readonly { readonly server: string; readonly port?: number | undefined }[]
  readonly timeoutMs: number
  readonly fudgeSeconds: number
  readonly propagationMs: number
  readonly lateMs: number
}

/** Refuses what cannot work, before anything is sent; answers the zone's canonical name. @throws CutoverError `DNS_OPTION_INVALID` */
export function checkOptions(options: ZoneOptions): string {
  const { timeoutMs, fudgeSeconds, propagationMs, lateMs, servers } = options
  for (const { server, port = 53 } of [options, ...servers]) {
    if (typeof server !== 'string' || server === '') throw invalid('server', server, 'an address or a name')
    number('port', port, 1, 65_535)
  }
  if (servers.length === 0) throw invalid('servers', servers, 'at least one server')
  number('timeoutMs', timeoutMs, 1, 600_000)
  number('fudgeSeconds', fudgeSeconds, 1, 65_535)
  number('propagationMs', propagationMs, 0, Number.MAX_SAFE_INTEGER)
  number('lateMs', lateMs, 0, Number.MAX_SAFE_INTEGER)
  if (typeof options.key !== 'object' || options.key === null) {
    throw new CutoverError(
      'DNS_OPTION_INVALID',
      'key is missing; wanted { name, secret }: unsigned updates are not sent',
    )
  }
  return zoneName(options.zone)
}

function zoneName(zone: string): string {
  try {
    const name = typeof zone === 'string' ? canonicalName(zone) : ''
    if (name !== '') return name
  } catch (error) {
    if (!(error instanceof Malformed)) throw error
  }
  throw invalid('zone', zone, "a zone's name such as example.com")
}

function number(field: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return
  throw invalid(field, value, `a whole number from ${least} to ${most}`)
}

function invalid(field: string, found: unknown, wanted: string): CutoverError<'DNS_OPTION_INVALID'> {
  return new CutoverError('DNS_OPTION_INVALID', `${field} is ${JSON.stringify(found)}; wanted ${wanted}`)
}
