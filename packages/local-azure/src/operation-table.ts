import { CutoverError } from '@cutover/core'

import type { LocalAzureErrorCode } from './local-azure-error-code.ts'
import type { Method, Operation } from './provider.ts'

/** What a path and a method lead to: the methods alone when there is no such method. */
export type Found =
  | { readonly operation: Operation; readonly parameters: Readonly<Record<string, string>> }
  | { readonly operation: undefined; readonly methods: readonly Method[] }

interface Entry {
  readonly operation: Operation
  readonly pattern: RegExp
  readonly names: readonly string[]
}

/** The operations of all providers, found by method and path, whatever the case of the path. */
export class OperationTable {
  readonly #entries: readonly Entry[]

  constructor(operations: readonly Operation[]) {
    this.#entries = operations.map(compile)
    const seen = new Set<string>()
    for (const { id } of operations) {
      if (seen.has(id)) {
        const message = `providers have the operation ${id} twice; wanted one that does it`
        throw new CutoverError<LocalAzureErrorCode>('LOCAL_AZURE_OPTION_INVALID', message)
      }
      seen.add(id)
    }
  }

  get ids(): readonly string[] {
    return this.#entries.map(({ operation }) => operation.id)
  }

  /** Among those that `serves` says are to be had at the host. */
  find(method: string, path: string, serves: (operation: Operation) => boolean): Found | undefined {
    const methods: Method[] = []
    for (const { operation, pattern, names } of this.#entries) {
      if (!serves(operation)) continue
      const match = pattern.exec(path)
      if (!match) continue
      if (operation.method === method) {
        const values = names.map((name, i) => [name, decodeSegment(match[i + 1] ?? '')])
        return { operation, parameters: Object.fromEntries(values) as Record<string, string> }
      }
      methods.push(operation.method)
    }
    return methods.length === 0 ? undefined : { operation: undefined, methods }
  }
}

function compile(operation: Operation): Entry {
  const names: string[] = []
  const source = operation.path
    .split('/')
    .map((segment) => {
      const name = /^\{(\w+)\}$/.exec(segment)?.[1]
      if (name === undefined) return segment.replaceAll(/[^\w-]/g, String.raw`\$&`)
      names.push(name)
      return '([^/]+)'
    })
    .join('/')
  return { operation, pattern: new RegExp(`^${source}/?$`, 'i'), names }
}

/** A stray `%` stays what it is: no resource has such a name. */
export function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch (error) {
    if (error instanceof URIError) return segment
    throw error
  }
}
