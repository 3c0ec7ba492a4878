import { CutoverError, sameJson } from '@cutover/core'

import type { CallOptions, FoundTrigger, TriggerSetting } from '../listeners.ts'
import { shellWord } from '../shell-word.ts'
import { listMappings } from './find-mapping.ts'
import { functionArn } from './function-arn.ts'
import { functionTimeoutMs } from './function-timeout.ts'
import { asked } from './lambda-error.ts'
import { abortable } from './lambda-like.ts'
import type { LambdaParts, LambdaTriggerKind } from './lambda-trigger.ts'

/**
 * Whoever calls the function (API Gateway, a function URL, another service): switched by its reserved concurrency, 0 or not.
 *
 * The setting has three states: none, 0, and a number; none is put back by deleting it. Callers get 429 meanwhile. That is
 * right for those who wait for an answer; an asynchronous event goes to its destination for failures at once, or is dropped.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
 */
export function reservedConcurrency(parts: LambdaParts): LambdaTriggerKind {
  const { client, functionName } = parts
  const input = { FunctionName: functionName }

  const look = async ({ signal }: CallOptions): Promise<FoundTrigger> => {
    signal?.throwIfAborted()
    const attempt = { what: `read the concurrency of ${functionName}`, action: 'lambda:GetFunctionConcurrency' }
    const { ReservedConcurrentExecutions: reserved } = await asked(attempt, signal, () =>
      client.getFunctionConcurrency(input, abortable(signal)),
    )
    return {
      state: reserved === 0 ? 'stopped' : 'listening',
      setting: reserved === undefined ? {} : { reserved },
      text: `the reserved concurrency of ${functionName} is ${reserved ?? 'not set'}`,
    }
  }

  return {
    look,
    switched: (setting, to) => {
      const isStopped = setting['reserved'] === 0
      if (to === 'stopped') return isStopped ? setting : { reserved: 0 }
      return isStopped ? {} : setting
    },
    async write({ from, to }, { signal, fence }) {
      const found = await look({ signal })
      if (sameJson(found.setting, to)) return
      if (!sameJson(found.setting, from)) throw new CutoverError('TRIGGERS_CONFLICT', found.text)
      const reserved = numberOf(to)
      const action = reserved === undefined ? 'lambda:DeleteFunctionConcurrency' : 'lambda:PutFunctionConcurrency'
      const attempt = { what: `set the concurrency of ${functionName}`, action }
      // Directly before the request, in the same turn.
      fence()
      await asked(attempt, signal, () =>
        reserved === undefined
          ? client.deleteFunctionConcurrency(input, abortable(signal))
          : client.putFunctionConcurrency({ ...input, ReservedConcurrentExecutions: reserved }, abortable(signal)),
      )
    },
    async activity(options) {
      const longestMs = await functionTimeoutMs(parts, options)
      const text = 'calls in flight are not counted: the function ends each at its timeout'
      return { inFlight: undefined, waiting: undefined, longestMs, text }
    },
    async hazard(to, options) {
      if (to === 'listening') return undefined
      const polling = (await listMappings(parts, options)).filter(({ State: state }) => state !== 'Disabled')
      if (polling.length === 0) return undefined
      const which = polling.map(({ UUID: uuid, State: state }) => `${uuid} (${state})`).join(', ')
      return `event source mappings still take messages: ${which}; with a concurrency of 0 each would fail, and after some receives be a dead letter: cordon them first`
    },
    permissions: [
      ...['Get', 'Put', 'Delete'].map((verb) => `lambda:${verb}FunctionConcurrency ${functionArn(functionName)}`),
      'lambda:ListEventSourceMappings',
    ],
    byHand(setting) {
      const name = shellWord(functionName)
      if (setting === 'look') return `aws lambda get-function-concurrency --function-name ${name}`
      const reserved = setting === 'listening' ? undefined : setting === 'stopped' ? 0 : numberOf(setting)
      return reserved === undefined
        ? `aws lambda delete-function-concurrency --function-name ${name}`
        : `aws lambda put-function-concurrency --function-name ${name} --reserved-concurrent-executions ${reserved}`
    },
    traps: [
      `With a concurrency of 0 each message that a mapping takes fails, and after some receives is a dead letter: ${functionName} must run before its mappings are enabled.`,
    ],
  }
}

function numberOf({ reserved }: TriggerSetting): number | undefined {
  return typeof reserved === 'number' ? reserved : undefined
}
