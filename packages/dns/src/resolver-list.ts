import type { RecordType } from './dns-zone.ts'
import { refuseOption } from './option-error.ts'
import { recordValues } from './record-values.ts'

/** A caller without types may pass anything. @throws CutoverError `DNS_OPTION_INVALID` */
export function checkResolvers(resolvers: unknown): void {
  if (!Array.isArray(resolvers)) return refuseOption('resolvers', resolvers, 'a list of resolvers')
  for (const [place, resolver] of (resolvers as readonly unknown[]).entries()) {
    const { name, lookup } = Object(resolver) as { readonly name?: unknown; readonly lookup?: unknown }
    if (typeof name !== 'string' || typeof lookup !== 'function') {
      refuseOption(`resolvers[${place}]`, resolver, 'a Resolver, which has a name and lookup')
    }
  }
}

/** As they are compared: resolvers keep the case that the zone has, and turn the order of addresses. */
export function answeredValues(name: string, type: RecordType, values: readonly string[]): readonly string[] {
  try {
    return recordValues(name, type, values)
  } catch {
    // Not what a record can hold, so it is not what is wanted: shown as it came.
    return values
  }
}
