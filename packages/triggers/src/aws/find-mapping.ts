import { CutoverError } from '@cutover/core'

import type { CallOptions } from '../listeners.ts'
import { asked } from './lambda-error.ts'
import { abortable, type MappingLike } from './lambda-like.ts'
import type { LambdaParts } from './lambda-trigger.ts'

/** Every event source mapping of the function, however many pages. */
export async function listMappings(
  { client, functionName }: Pick<LambdaParts, 'client' | 'functionName'>,
  { signal }: CallOptions,
): Promise<readonly MappingLike[]> {
  const attempt = { what: `list the mappings of function ${functionName}`, action: 'lambda:ListEventSourceMappings' }
  const mappings: MappingLike[] = []
  for (let marker: string | undefined; ;) {
    signal?.throwIfAborted()
    const input = { FunctionName: functionName, ...(marker === undefined ? {} : { Marker: marker }) }
    const page = await asked(attempt, signal, () => client.listEventSourceMappings(input, abortable(signal)))
    mappings.push(...(page.EventSourceMappings ?? []))
    // A page may be empty and still name a next one; the last has no marker, or an empty one.
    if (!page.NextMarker) return mappings
    marker = page.NextMarker
  }
}

/**
 * The UUID of the one mapping between an SQS queue and the function.
 *
 * @throws CutoverError `TRIGGERS_NOT_FOUND`, `TRIGGERS_AMBIGUOUS`
 */
export async function findQueueMapping(parts: LambdaParts, queue: string, options: CallOptions): Promise<string> {
  const ofQueue = (await listMappings(parts, options)).filter(({ EventSourceArn: arn = '' }) => isQueue(arn, queue))
  const [first, second] = ofQueue
  if (first?.UUID !== undefined && second === undefined) return first.UUID
  const { functionName } = parts
  const next = `Look: aws lambda list-event-source-mappings --function-name ${functionName}`
  if (second === undefined) {
    throw new CutoverError('TRIGGERS_NOT_FOUND', `function ${functionName} has no mapping for the queue ${queue}`, {
      next,
    })
  }
  const uuids = ofQueue.map(({ UUID: uuid }) => uuid).join(', ')
  throw new CutoverError(
    'TRIGGERS_AMBIGUOUS',
    `function ${functionName} has ${ofQueue.length} mappings for the queue ${queue}: ${uuids}; name one: { eventSourceMapping: '<UUID>' }`,
    { next },
  )
}

/** `arn:aws:sqs:us-east-1:123456789012:orders`, named by its last part or in full. */
function isQueue(arn: string, queue: string): boolean {
  const [, , service, , , name] = arn.split(':')
  return arn === queue || (service === 'sqs' && name === queue)
}
