import type { FakeWorld } from '@cutover/core/testing'

import type { EndpointSetting } from '../callers/endpoint-setting.ts'
import { type ParameterMetadataLike, type SsmLike, ssmParameter } from '../callers/ssm/index.ts'
import { aborted, asAwsError, awsError } from './fake-client-errors.ts'
import { fencedSetting, fenceNote, sorted } from './fake-client.ts'

export interface InMemoryParameter extends Omit<ParameterMetadataLike, 'Name'> {
  readonly Value: string
  /** @default 'String' */
  readonly Type?: 'String' | 'StringList' | 'SecureString' | undefined
  /** @default 'text' */
  readonly DataType?: string | undefined
}

/** A Parameter Store, at the level of the SDK's client. */
export interface InMemoryParameterStore {
  readonly client: SsmLike
  /** Our adapter over it; its writes are known to be fenced. */
  parameter(name: string): EndpointSetting
  /** What is written, by name; a copy. */
  readonly parameters: Readonly<Record<string, InMemoryParameter & { readonly Version: number }>>
  /** Somebody else's write, behind our back. */
  editBehind(name: string, value: string): void
}

/**
 * Parameters in this world's time and with its faults: `world.failNext('ssm.putParameter', 'reply-lost')`. Each write makes a
 * version, compares nothing, and drops what it leaves out; a SecureString stays encrypted. The world watches all but the
 * versions as `ssm`.
 */
export function inMemoryParameterStore(
  world: FakeWorld,
  parameters: Readonly<Record<string, InMemoryParameter>>,
): InMemoryParameterStore {
  const stored = new Map(
    Object.entries(parameters).map(([name, parameter]) => [
      name,
      { Type: 'String' as const, DataType: 'text', ...parameter, Version: 1 },
    ]),
  )
  const note = fenceNote()
  const call = async <T>(
    operation: string,
    name: string,
    signal: AbortSignal | undefined,
    write: boolean,
    body: () => T,
  ) => {
    if (signal?.aborted) throw aborted()
    try {
      return await world.call(`ssm.${operation} ${name}`, { write, signal, fence: note.current }, body)
    } catch (error) {
      throw signal?.aborted ? aborted() : asAwsError(error, conflict)
    }
  }
  const present = (name: string) => {
    const found = stored.get(name)
    if (found) return found
    throw awsError('ParameterNotFound', `Parameter ${name} not found.`)
  }
  world.watch('ssm', () => [...stored].map(([name, parameter]) => [name, withoutVersion(parameter)]))
  const client: SsmLike = {
    getParameter: ({ Name }, { abortSignal } = {}) =>
      call('getParameter', Name, abortSignal, false, () => {
        const { Type, Value, Version, DataType } = present(Name)
        return { Parameter: { Type, Value: Type === 'SecureString' ? 'AQICAHencrypted' : Value, Version, DataType } }
      }),
    describeParameters: ({ ParameterFilters: [filter] }, { abortSignal } = {}) => {
      const name = filter?.Values[0] ?? ''
      return call('describeParameters', name, abortSignal, false, () => {
        const found = stored.get(name)
        if (!found) return { Parameters: [] }
        const { Value: _, DataType: __, Version: ___, ...metadata } = found
        return { Parameters: [{ Name: name, ...metadata }] }
      })
    },
    putParameter: ({ Name, Overwrite, Policies, ...written }, { abortSignal } = {}) =>
      call('putParameter', Name, abortSignal, true, () => {
        const before = stored.get(Name)
        if (before && !Overwrite) throw awsError('ParameterAlreadyExists', 'The parameter already exists.')
        const { AllowedPattern } = written
        if (AllowedPattern !== undefined && !new RegExp(AllowedPattern).test(written.Value)) {
          throw awsError(
            'ParameterPatternMismatchException',
            'Parameter value, cannot be validated against allowedPattern',
          )
        }
        const Version = (before?.Version ?? 0) + 1
        const policies = Policies === undefined ? [] : (JSON.parse(Policies) as unknown[])
        stored.set(Name, {
          DataType: 'text',
          ...written,
          ...(policies.length > 0 && { Policies: policies.map((policy) => ({ PolicyText: JSON.stringify(policy) })) }),
          Version,
        })
        return { Version }
      }),
  }
  return {
    client,
    parameter: (name) => fencedSetting(ssmParameter({ client, name }), note),
    get parameters() {
      return Object.fromEntries([...stored].map(([name, parameter]) => [name, { ...parameter }]))
    },
    editBehind(name, value) {
      const found = present(name)
      stored.set(name, { ...found, Value: value, Version: found.Version + 1 })
    },
  }
}

const conflict = (): Error => awsError('TooManyUpdates', 'Too many updates', 400)

function withoutVersion(parameter: InMemoryParameter & { readonly Version: number }): InMemoryParameter {
  const { Version: _, ...kept } = parameter
  return sorted(kept)
}
