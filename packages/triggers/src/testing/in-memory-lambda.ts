import { CutoverError } from '@cutover/core'
import type { FakeWorld } from '@cutover/core/testing'

import { lambdaFunction, type LambdaTrigger } from '../aws/lambda-function.ts'
import type { LambdaLike, SqsLike } from '../aws/lambda-like.ts'
import { type InMemoryListeners, type Invoked, noticingFences, watchListening } from './in-memory-listeners.ts'
import type { InMemoryQueue } from './in-memory-queue.ts'
import { lambdaClient } from './lambda-client.ts'
import { type LambdaMachine, lambdaMachine, type LambdaMachineOptions } from './lambda-machine.ts'
import { aborted, asAwsError, awsError } from './service-errors.ts'

export interface InMemoryLambdaOptions<Name extends string> extends Pick<
  LambdaMachineOptions,
  'delaysMs' | 'timeoutSeconds' | 'reservedConcurrency'
> {
  readonly functionName: string
  readonly triggers: { readonly [K in Name]: LambdaTrigger }
  /** Those that are switched on in the beginning. @default all */
  readonly listening?: readonly NoInfer<Name>[] | undefined
  /** The queues that the function consumes, by trigger: with one, its messages are counted. */
  readonly queues?: { readonly [K in NoInfer<Name>]?: InMemoryQueue | undefined } | undefined
  /** How long the function works on one message or call, in milliseconds. @default 500 */
  readonly handlerMs?: number | undefined
  /** Where asynchronous events go that cannot be handled; without one they are dropped. @default false */
  readonly onFailure?: boolean | undefined
}

export interface InMemoryLambda<Name extends string> extends InMemoryListeners<Name> {
  readonly client: LambdaLike
  /** The next such call is refused with this error, and does nothing. */
  failNext(method: keyof LambdaLike, error: unknown): void
  /** Somebody else's change, behind our back. */
  editBehind(edit: (machine: LambdaMachine) => void): void
  /** Somebody calls the function and waits (`refused` is 429), or sends it an event. */
  invoke(what: string, how?: 'call' | 'event'): Invoked
}

/**
 * A Lambda function with its triggers, in this world's time and with its faults: our adapter over a strict control plane,
 * `world.failNext('lambda.updateEventSourceMapping', 'reply-lost')`, and a data plane that obeys it.
 *
 * The world watches how it is switched as `lambda:<function>`.
 */
export function inMemoryLambda<const Name extends string>(
  world: FakeWorld,
  options: InMemoryLambdaOptions<Name>,
): InMemoryLambda<Name> {
  const { functionName, triggers, delaysMs, timeoutSeconds, handlerMs = 500, onFailure = false } = options
  const names = Object.keys(triggers) as Name[]
  const { listening = names } = options
  const queues = (options.queues ?? {}) as Readonly<Partial<Record<Name, InMemoryQueue>>>
  const isCalled = (name: Name): boolean => 'http' in triggers[name]
  const mappings = names.flatMap((name, place) => {
    const trigger: LambdaTrigger = triggers[name]
    if ('http' in trigger) return []
    const named = 'eventSourceMapping' in trigger ? trigger.eventSourceMapping : undefined
    const uuid = named ?? `1f0c9d2e-0000-4000-8000-${String(place + 1).padStart(12, '0')}`
    const queue = 'sqs' in trigger ? (trigger.sqs.split(':').at(-1) ?? '') : name
    return [{ name, uuid, eventSourceArn: arnOf(queue), enabled: listening.includes(name) }]
  })
  const isOff = names.some((name) => isCalled(name) && !listening.includes(name))
  const reservedConcurrency = isOff ? 0 : options.reservedConcurrency
  const now = world.clock.now
  const machine = lambdaMachine({ now, functionName, mappings, delaysMs, timeoutSeconds, reservedConcurrency })
  const uuidOf = (name: Name): string => mappings.find((mapping) => mapping.name === name)?.uuid ?? ''
  const listens = (name: Name): boolean => (isCalled(name) ? !machine.throttles() : machine.polls(uuidOf(name)))

  const id = `lambda:${functionName}`
  const nextChangesMs = (): number[] => machine.nextChanges().map((at) => at - now())
  const changed = watchListening(world, { id, names, listens, isCalled, nextChangesMs })
  world.watch(id, () => ({
    mappings: machine.switches(),
    reservedConcurrency: machine.reservedConcurrency() ?? 'none',
  }))
  for (const name of names) {
    queues[name]?.consume({ by: id, handlerMs, polls: () => listens(name), throttles: machine.throttles })
  }

  const fake = lambdaClient(world, machine, changed)
  const sqs =
    Object.keys(queues).length === 0 ? undefined : sqsClient(world, Object.values<InMemoryQueue | undefined>(queues))
  const counted = names.map((name) => [name, withQueueUrl(triggers[name], queues[name])] as const)
  const adapter = lambdaFunction<Name>({
    client: fake.client,
    sqs,
    functionName,
    triggers: Object.fromEntries(counted) as { [K in Name]: LambdaTrigger },
  })
  return {
    ...noticingFences(adapter, (fence) => (fake.fencing = fence)),
    client: fake.client,
    get listening() {
      return names.filter(listens)
    },
    failNext: fake.failNext,
    editBehind(edit) {
      edit(machine)
      changed()
    },
    invoke(what, how = 'call') {
      if (how === 'event') world.observe({ kind: 'accepted', what, by: id })
      // With no concurrency an event is neither queued nor tried again: it goes to its destination at once, or nowhere.
      if (machine.throttles()) return how === 'call' ? 'refused' : onFailure ? 'refused' : 'dropped'
      if (how === 'call') world.observe({ kind: 'accepted', what, by: id })
      world.later(handlerMs, () => world.observe({ kind: 'handled', what, by: id }))
      return 'handled'
    },
  }
}

const arnOf = (queue: string): string => `arn:aws:sqs:us-east-1:123456789012:${queue}`
const urlOf = (queue: string): string => `https://sqs.us-east-1.amazonaws.com/123456789012/${queue}`

function withQueueUrl(trigger: LambdaTrigger, queue: InMemoryQueue | undefined): LambdaTrigger {
  if (queue === undefined) return trigger
  if ('http' in trigger) {
    throw new CutoverError('TRIGGERS_OPTION_INVALID', `inMemoryLambda: ${queue.name} feeds an http trigger`)
  }
  return { ...trigger, queueUrl: urlOf(queue.name) }
}

/** SQS at the level of the SDK's client. Operations: `sqs.getQueueAttributes <name>`. */
function sqsClient(world: FakeWorld, queues: readonly (InMemoryQueue | undefined)[]): SqsLike {
  return {
    async getQueueAttributes({ QueueUrl }, { abortSignal: signal } = {}) {
      const queue = queues.find((one) => one && urlOf(one.name) === QueueUrl)
      if (signal?.aborted) throw aborted()
      try {
        return await world.call(`sqs.getQueueAttributes ${queue?.name}`, { signal }, () => {
          if (!queue) throw awsError('QueueDoesNotExist', 'The specified queue does not exist.')
          const { visible, notVisible } = queue.counts()
          const Attributes = {
            ApproximateNumberOfMessages: String(visible),
            ApproximateNumberOfMessagesDelayed: '0',
            ApproximateNumberOfMessagesNotVisible: String(notVisible),
          }
          return { Attributes }
        })
      } catch (error) {
        throw signal?.aborted ? aborted() : asAwsError(error)
      }
    },
  }
}
