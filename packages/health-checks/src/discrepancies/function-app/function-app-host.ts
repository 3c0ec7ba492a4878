import { refuseOption } from '../../health-error.ts'
import type { FunctionHost } from '../consumers-bound.ts'
import {
  type Binding,
  bindingsOf,
  type FunctionAppOptions,
  functionAppReader,
  functionName,
} from './function-app-reader.ts'

export interface FunctionAppHostOptions extends FunctionAppOptions {
  /**
   * What `https://<app>/admin/host/status` answers, with the master key: `{ state, errors }`. A listing alone cannot say that a
   * listener did not start. @default not asked
   */
  readonly status?: FunctionHost['status'] | undefined
}

/**
 * The functions of an app as their host lists them, with what starts each.
 *
 * @throws CutoverError `HEALTH_OPTIONS_INVALID` when made; `functions` rejects with a `SourceErrorCode`.
 */
export function functionAppHost(options: FunctionAppHostOptions): FunctionHost {
  const reader = functionAppReader(options, 'functionAppHost', ['status'])
  const { status } = options
  if (status !== undefined && typeof status !== 'function')
    refuseOption('status', status, 'a function that answers { state, errors }')
  return {
    name: reader.name,
    async functions(read = {}) {
      const functions = await reader.functions(read)
      return functions.map((one) => ({
        name: functionName(one),
        // Not told is not enabled.
        isDisabled: one.isDisabled ?? true,
        triggers: bindingsOf(one)
          .filter(({ type }) => /trigger$/i.test(type))
          .map((binding) => ({ type: binding.type, of: listensTo(binding) })),
      }))
    },
    ...(status ? { status } : {}),
  }
}

const places = ['queueName', 'topicName', 'eventHubName', 'path', 'containerName', 'schedule', 'route'] as const

function listensTo(binding: Binding): string | undefined {
  const place = places.map((name) => binding[name]).find((value) => typeof value === 'string')
  return typeof place === 'string' ? place : undefined
}
