import { isCutoverError } from '@cutover/core'

import type { DnsRecord } from '../dns-record.ts'

/**
 * Who says in the zone that it owns a record, and so writes it again and again: `external-dns, owner default, for ingress/web/api`.
 *
 * external-dns keeps a TXT record `heritage=external-dns,…` at the name, or at the name with the type before it; octoDNS's
 * ownership processor one at `_owner.<type>.<name>`. `undefined`: nobody says so, or the zone does not answer.
 *
 * @see https://kubernetes-sigs.github.io/external-dns/latest/docs/registry/txt/
 */
export async function controllerOf({ zone, name, type }: DnsRecord, signal: AbortSignal): Promise<string | undefined> {
  const prefixed = `${type.toLowerCase()}-${name}`
  for (const place of [prefixed, ...(type === 'CNAME' ? [] : [name]), `_owner.${type.toLowerCase()}.${name}`]) {
    try {
      const set = (await zone.find(place, 'TXT', { signal }))?.set
      for (const value of set?.kind === undefined ? (set?.values ?? []) : []) {
        const who = ownerIn(value)
        if (who !== undefined) return who
      }
    } catch (error) {
      signal.throwIfAborted()
      // Who it was is worth knowing, and no reason to stop watching.
      if (!isCutoverError(error)) throw error
    }
  }
  return undefined
}

function ownerIn(text: string): string | undefined {
  if (text.includes('*octodns*')) return 'octoDNS'
  const fields = new Map(
    text
      .replaceAll('"', '')
      .split(',')
      .map((field) => [field.slice(0, field.indexOf('=')), field.slice(field.indexOf('=') + 1)] as const),
  )
  if (fields.get('heritage') !== 'external-dns') return undefined
  const [owner, resource] = [fields.get('external-dns/owner'), fields.get('external-dns/resource')]
  return `external-dns${owner === undefined ? '' : `, owner ${owner}`}${resource === undefined ? '' : `, for ${resource}`}`
}
