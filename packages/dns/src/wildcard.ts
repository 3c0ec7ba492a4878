import { CutoverError } from '@cutover/core'

import type { DnsZone } from './dns-zone.ts'
import { recordTypes } from './record-kinds.ts'

/**
 * The wildcard whose answers a new record at `name` would take away: from `name` itself, or from a name between the two, which
 * then exists without records of its own (RFC 4592 §2.2.1: an "empty non-terminal" answers that it has none). `undefined`: none.
 *
 * Asks the authority alone, never for the name through a resolver.
 */
export async function shadowedWildcard(
  zone: DnsZone,
  name: string,
  signal?: AbortSignal,
): Promise<{ readonly wildcard: string; readonly loses: string } | undefined> {
  const present = await namesNear(zone, name, signal)
  const exists = (node: string): boolean => [...present].some((each) => each === node || each.endsWith(`.${node}`))
  let loses: string | undefined
  for (let node: string | undefined = name; node !== undefined && !exists(node); node = parentOf(node)) {
    loses = node
    const parent = parentOf(node)
    if (parent !== undefined && present.has(`*.${parent}`)) return { wildcard: `*.${parent}`, loses }
  }
  return undefined
}

/** @throws CutoverError `DNS_WILDCARD_SHADOWED` */
export async function refuseShadowing(zone: DnsZone, name: string, signal: AbortSignal): Promise<void> {
  const shadowed = await shadowedWildcard(zone, name, signal)
  if (!shadowed) return
  const { wildcard, loses } = shadowed
  throw new CutoverError(
    'DNS_WILDCARD_SHADOWED',
    `${wildcard} answers for ${loses} now; with a record at ${name} it would not any more, for no type, and ${loses} would have no answer`,
    {
      next: `First make the records that ${loses} needs, of its own, beside the wildcard: they are what it answers from then on.`,
    },
  )
}

/** All names of the zone that could matter; where it does not list them, those that have a record of a known type. */
async function namesNear(zone: DnsZone, name: string, signal: AbortSignal | undefined): Promise<ReadonlySet<string>> {
  const names = new Set<string>()
  if (zone.list) {
    for await (const { set } of zone.list({ signal })) names.add(set.name)
    return names
  }
  for (let node: string | undefined = name; node !== undefined && node !== zone.name; node = parentOf(node)) {
    for (const at of [node, `*.${parentOf(node) ?? ''}`]) {
      for (const type of recordTypes) if (await zone.find(at, type, { signal })) names.add(at)
    }
  }
  return names
}

function parentOf(name: string): string | undefined {
  const dot = name.indexOf('.')
  return dot < 0 ? undefined : name.slice(dot + 1)
}
