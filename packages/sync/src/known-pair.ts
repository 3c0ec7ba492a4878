import type { CallOptions, WriteOptions } from './call-options.ts'
import type { Link } from './link.ts'
import type { Side } from './origin.ts'

/** The versions at both sides that were last seen to hold the same bytes. */
export type KnownPair = { readonly [side in Side]: string }

const scope = ({ id }: Link): string => `pairs:${id}`

export async function knownPair(link: Link, key: string, options?: CallOptions): Promise<KnownPair | undefined> {
  return (await link.ledger.get(scope(link), key, options)) as KnownPair | undefined
}

/**
 * Records that they belong together, in the place of what was known; `undefined` forgets an object that neither side has any
 * more. A record that comes late must not replace a newer one: after a turn nobody could tell a copy from a write any more.
 */
export function recordPair(
  link: Link,
  key: string,
  known: KnownPair | undefined,
  pair: KnownPair | undefined,
  options: WriteOptions,
): Promise<void> {
  return link.ledger.write([{ scope: scope(link), key, value: pair, expected: { value: known } }], options)
}
