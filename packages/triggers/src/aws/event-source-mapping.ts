import { CutoverError, sameJson } from '@cutover/core'

import type { CallOptions, FoundTrigger } from '../listeners.ts'
import { shellWord } from '../shell-word.ts'
import { findQueueMapping } from './find-mapping.ts'
import { functionArn } from './function-arn.ts'
import { functionTimeoutMs } from './function-timeout.ts'
import { asked } from './lambda-error.ts'
import { abortable, type MappingLike } from './lambda-like.ts'
import type { LambdaParts, LambdaTriggerKind } from './lambda-trigger.ts'
import { queueCounts } from './queue-counts.ts'

/** States in which the service says which way the mapping is switched, and whether it is so yet. */
const told: Readonly<Record<string, { readonly enabled: boolean; readonly state: FoundTrigger['state'] }>> = {
  Enabled: { enabled: true, state: 'listening' },
  Enabling: { enabled: true, state: 'changing' },
  Disabling: { enabled: false, state: 'changing' },
  Disabled: { enabled: false, state: 'stopped' },
}

/**
 * An event source mapping: switched by `Enabled`, never deleted. A disabled mapping keeps its place in a stream; one that is
 * made again begins elsewhere, with another UUID.
 */
export function eventSourceMapping(
  parts: LambdaParts,
  trigger: {
    readonly uuid?: string | undefined
    readonly queue?: string | undefined
    readonly queueUrl?: string | undefined
  },
): LambdaTriggerKind {
  const { client, sqs, functionName, pollMs } = parts
  const { queue, queueUrl } = trigger
  let { uuid: known } = trigger

  const uuidOf = async (options: CallOptions): Promise<string> => {
    known ??= await findQueueMapping(parts, queue ?? '', options)
    return known
  }

  const mappingOf = async (options: CallOptions): Promise<MappingLike & { readonly UUID: string }> => {
    options.signal?.throwIfAborted()
    const uuid = await uuidOf(options)
    const attempt = { what: `read mapping ${uuid} of ${functionName}`, action: 'lambda:GetEventSourceMapping' }
    const { signal } = options
    const mapping = await asked(attempt, signal, () => client.getEventSourceMapping({ UUID: uuid }, abortable(signal)))
    return { ...mapping, UUID: uuid }
  }

  const foundOf = ({ UUID: uuid, State: state = 'in an unknown state' }: MappingLike): FoundTrigger => {
    const text = `mapping ${uuid} of ${functionName} is ${state}`
    if (state === 'Deleting') throw new CutoverError('TRIGGERS_NOT_FOUND', text)
    const says = told[state]
    // Creating, Updating and whatever comes later do not tell whether the mapping will be enabled.
    return says
      ? { state: says.state, setting: { enabled: says.enabled }, text }
      : { state: 'changing', setting: undefined, text }
  }

  return {
    look: async (options) => foundOf(await mappingOf(options)),
    switched: (_setting, to) => ({ enabled: to === 'listening' }),
    async write({ from, to }, { clock, signal, fence, report }) {
      let mapping = await mappingOf({ signal })
      let found = foundOf(mapping)
      if (found.setting && sameJson(found.setting, to)) return
      // In transition, every write is refused (`ResourceInUseException`): waited out here, since after a write nothing may wait.
      if (found.state === 'changing')
        report({ kind: 'waiting', why: `${found.text}: it takes no write until it is done` })
      while (found.state === 'changing') {
        await clock.sleep(pollMs, { signal })
        mapping = await mappingOf({ signal })
        found = foundOf(mapping)
      }
      if (sameJson(found.setting, to)) return
      if (!sameJson(found.setting, from)) throw new CutoverError('TRIGGERS_CONFLICT', found.text)
      const uuid = mapping.UUID
      const attempt = { what: `switch mapping ${uuid} of ${functionName}`, action: 'lambda:UpdateEventSourceMapping' }
      const input = { UUID: uuid, Enabled: to['enabled'] === true }
      // Directly before the request, in the same turn.
      fence()
      await asked(attempt, signal, () => client.updateEventSourceMapping(input, abortable(signal)))
    },
    async activity(options) {
      if (sqs && queueUrl !== undefined) return queueCounts(sqs, queueUrl, options)
      const timeoutMs = await functionTimeoutMs(parts, options)
      const { MaximumBatchingWindowInSeconds: windowSeconds = 0 } = await mappingOf(options)
      const longestMs = timeoutMs === undefined ? undefined : timeoutMs + windowSeconds * 1_000
      return {
        inFlight: undefined,
        waiting: undefined,
        longestMs,
        text: 'in flight is not counted: pass sqs and queueUrl',
      }
    },
    async hazard(to, { signal }) {
      if (to === 'stopped') return undefined
      const attempt = { what: `read the concurrency of ${functionName}`, action: 'lambda:GetFunctionConcurrency' }
      const { ReservedConcurrentExecutions: reserved } = await asked(attempt, signal, () =>
        client.getFunctionConcurrency({ FunctionName: functionName }, abortable(signal)),
      )
      if (reserved !== 0) return undefined
      return `the reserved concurrency of ${functionName} is 0, so each message that the mapping takes would fail, and after some receives be a dead letter: let the function run first`
    },
    permissions: [
      // Which mapping a queue has is not known before it is asked for.
      ...['Get', 'Update'].map(
        (verb) => `lambda:${verb}EventSourceMapping arn:aws:lambda:*:*:event-source-mapping:${trigger.uuid ?? '*'}`,
      ),
      'lambda:ListEventSourceMappings',
      `lambda:GetFunctionConcurrency ${functionArn(functionName)}`,
    ],
    byHand(setting) {
      const uuid = known === undefined ? `"$(${uuidCommand(functionName, queue ?? '')})"` : shellWord(known)
      if (setting === 'look') return `aws lambda get-event-source-mapping --uuid ${uuid} --query State`
      const enabled = typeof setting === 'string' ? setting === 'listening' : setting['enabled'] === true
      return `aws lambda update-event-source-mapping --uuid ${uuid} --${enabled ? '' : 'no-'}enabled`
    },
    traps: [
      'While it is Enabling or Disabling, for up to some minutes, it takes no write (ResourceInUseException): look, and do it again.',
      'Never delete it: one that is made again has another UUID, and begins elsewhere in a stream.',
    ],
  }
}

/** Finds the mapping as `findQueueMapping` does. Of several, the service refuses all: they are one word. */
function uuidCommand(functionName: string, queue: string): string {
  const which = queue.startsWith('arn:') ? `EventSourceArn=='${queue}'` : `ends_with(EventSourceArn,':${queue}')`
  return `aws lambda list-event-source-mappings --function-name ${shellWord(functionName)} --query "EventSourceMappings[?${which}].UUID" --output text`
}
