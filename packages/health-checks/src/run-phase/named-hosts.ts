import { CutoverError } from '@cutover/core'

import { type HealthErrorCode, refuseOption } from '../health-error.ts'
import { isList } from '../is-list.ts'
import { shownAddress } from '../probe-target.ts'

/** The hosts that a plan names, and nobody else. */
export interface NamedHosts {
  includes(host: string, port: number): boolean
  /** @throws CutoverError `HEALTH_HOST_NOT_NAMED`. `what` says who would ask; without a port, any that is named will do. */
  refuseUnnamed(what: string, host: string, port?: number): void
}

/**
 * Names or addresses where connections may go, each with any port or with one: `orders.azurewebsites.net`, `127.0.0.1:8080`.
 *
 * Compared as the URL standard writes them, so `127.1` is `127.0.0.1`. There is no wildcard, and no name stands for its addresses.
 *
 * @throws CutoverError `HEALTH_OPTIONS_INVALID`.
 */
export function namedHosts(hosts: readonly string[]): NamedHosts {
  if (!isList(hosts) || hosts.length === 0)
    refuseOption('hosts', hosts, "the hosts that may be asked, such as ['orders.azurewebsites.net']")
  const named = new Map<string, Set<number> | 'any'>()
  for (const entry of hosts as readonly unknown[]) {
    const { host, port } = entryOf(entry)
    const ports = named.get(host)
    if (port === undefined || ports === 'any') named.set(host, 'any')
    else named.set(host, new Set([...(ports ?? []), port]))
  }
  const includes = (host: string, port: number | undefined): boolean => {
    const ports = named.get(canonical(host) ?? '')
    if (port === undefined) return ports !== undefined
    return ports === 'any' || (ports?.has(port) ?? false)
  }
  return {
    includes,
    refuseUnnamed(what, host, port) {
      if (includes(host, port)) return
      const code: HealthErrorCode = 'HEALTH_HOST_NOT_NAMED'
      throw new CutoverError(
        code,
        `${what} would ask ${port === undefined ? host : shownAddress(host, port)}; hosts names ${hosts.join(', ')}`,
        {
          next: 'If that host is meant to be tested, add it to hosts; nothing was asked.',
        },
      )
    },
  }
}

function entryOf(entry: unknown): { readonly host: string; readonly port?: number } {
  const wanted = 'a host name or an IP address, perhaps with a port; no scheme, no wildcard'
  if (typeof entry !== 'string') return refuseOption('hosts', entry, wanted)
  const isBare = !entry.startsWith('[') && entry.split(':').length > 2
  const [, host = '', digits] = isBare ? [entry, entry] : (/^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(entry) ?? [])
  const found = canonical(host.replace(/^\[|\]$/g, ''))
  if (found === undefined) return refuseOption('hosts', entry, wanted)
  if (digits === undefined) return { host: found }
  const port = Number(digits)
  return port >= 1 && port <= 65_535 ? { host: found, port } : refuseOption('hosts', entry, wanted)
}

/** `undefined` for what is no host. */
function canonical(host: string): string | undefined {
  const text = `http://${host.includes(':') ? `[${host}]` : host}/`
  if (!/^[\w.:-]+$/.test(host) || !URL.canParse(text)) return undefined
  return new URL(text).hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '')
}
