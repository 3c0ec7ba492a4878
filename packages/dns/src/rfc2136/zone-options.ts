import { CutoverError, knownOptions } from '@cutover/core'

import { refuseOption } from '../option-error.ts'
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
  checkEndpoint(options.server, options.port)
  const list: unknown = servers
  if (!Array.isArray(list)) refuseOption('servers', servers, 'a list of { server, port }')
  if (servers.length === 0) refuseOption('servers', servers, 'at least one server')
  for (const [place, each] of servers.entries()) {
    const at = `servers[${place}]`
    if (typeof each !== 'object' || each === null) refuseOption(at, each, '{ server, port }')
    knownOptions(each, ['server', 'port'], 'DNS_OPTION_INVALID', at)
    checkEndpoint(each.server, each.port ?? 53, `${at}.`)
  }
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

/** An address or a name, and a port beside it; `at` leads the fields' names in errors. @throws CutoverError `DNS_OPTION_INVALID` */
export function checkEndpoint(server: unknown, port: number, at = ''): void {
  const field = `${at}server`
  if (typeof server !== 'string' || server === '') return refuseOption(field, server, 'an address or a name')
  if (/^(?:[^:]+|\[.*\]):\d+$/.test(server))
    refuseOption(field, server, 'an address or a name alone, and the port in port')
  if (!/^[\w.:%-]+$/.test(server)) refuseOption(field, server, 'an address (without brackets) or a name')
  number(`${at}port`, port, 1, 65_535)
}

function zoneName(zone: string): string {
  try {
    const name = typeof zone === 'string' ? canonicalName(zone) : ''
    if (name !== '') return name
  } catch (error) {
    if (!(error instanceof Malformed)) throw error
  }
  return refuseOption('zone', zone, "a zone's name such as example.com")
}

function number(field: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return
  refuseOption(field, value, `a whole number from ${least} to ${most}`)
}
