import { isCutoverError } from '@cutover/core'
import { fakeWorld } from '@cutover/core/testing'
import { lambdaFunction, type LambdaLike } from '@cutover/triggers/aws'
import { inMemoryLambda } from '@cutover/triggers/testing'
import { expect, test } from 'vitest'

const service = (name: string, httpStatusCode: number, message = 'said') =>
  Object.assign(new Error(message), { name, $metadata: { httpStatusCode } })

const setUp = () => {
  const world = fakeWorld()
  const triggers = { queue: { sqs: 'orders' }, api: { http: true } } as const
  return { world, lambda: inMemoryLambda(world, { functionName: 'orders', triggers }) }
}

for (const [name, status, code, retryable] of [
  ['ResourceNotFoundException', 404, 'TRIGGERS_NOT_FOUND', false],
  ['ResourceInUseException', 400, 'TRIGGERS_BUSY', true],
  ['ResourceConflictException', 409, 'TRIGGERS_BUSY', true],
  ['TooManyRequestsException', 429, 'TRIGGERS_UNAVAILABLE', true],
  ['ServiceException', 500, 'TRIGGERS_UNAVAILABLE', true],
  ['AccessDeniedException', 403, 'TRIGGERS_NOT_AUTHORIZED', false],
  ['ExpiredTokenException', 403, 'TRIGGERS_NOT_AUTHORIZED', false],
  ['InvalidParameterValueException', 400, 'TRIGGERS_REJECTED', false],
  ['TimeoutError', 0, 'TRIGGERS_UNAVAILABLE', true],
] as const) {
  test(`${name} is ${code}${retryable ? ', retryable' : ''}`, async () => {
    const { lambda } = setUp()
    lambda.failNext('getFunctionConcurrency', service(name, status))

    const error: unknown = await lambda.look('api').catch((thrown: unknown) => thrown)

    expect(isCutoverError(error, code) && error.retryable).toBe(retryable)
  })
}

test('a missing permission is named, and credentials are not repeated', async () => {
  const { lambda } = setUp()
  lambda.failNext('getFunctionConcurrency', service('AccessDeniedException', 403))
  await expect(lambda.look('api')).rejects.toMatchObject({ next: 'Allow lambda:GetFunctionConcurrency' })
  lambda.failNext('getFunctionConcurrency', service('InvalidSignatureException', 403, 'Authorization=secret'))

  const error: unknown = await lambda.look('api').catch((thrown: unknown) => thrown)

  expect(`${String(error)} ${JSON.stringify(error)} ${String((error as Error).cause)}`).not.toContain('secret')
})

test('several mappings of one queue are not guessed at', async () => {
  const { lambda } = setUp()
  const twice = async () => ({
    EventSourceMappings: [1, 2].map((one) => ({ UUID: `u${one}`, EventSourceArn: 'arn:aws:sqs:us-east-1:1:orders' })),
  })
  const client: LambdaLike = { ...lambda.client, listEventSourceMappings: twice }
  const side = lambdaFunction({ client, functionName: 'orders', triggers: { queue: { sqs: 'orders' } } })

  await expect(side.look('queue')).rejects.toMatchObject({
    code: 'TRIGGERS_AMBIGUOUS',
    message: expect.stringMatching(/u1, u2; name one/),
  })
})

test('a mapping is found on a later page, also after an empty one', async () => {
  const { lambda } = setUp()
  const client: LambdaLike = {
    ...lambda.client,
    listEventSourceMappings: async ({ Marker: marker = '0' }) =>
      marker === '2'
        ? { EventSourceMappings: [{ UUID: 'u', EventSourceArn: 'arn:aws:sqs:us-east-1:1:orders' }] }
        : { EventSourceMappings: [], NextMarker: String(Number(marker) + 1) },
    getEventSourceMapping: async ({ UUID }) => ({ UUID, State: 'Enabled' }),
  }
  const side = lambdaFunction({ client, functionName: 'orders', triggers: { queue: { sqs: 'orders' } } })

  expect((await side.look('queue')).text).toBe('mapping u of orders is Enabled')
})

test('a mapping in a state that nobody knows yet is changing, and its setting not guessed', async () => {
  const { lambda } = setUp()
  const client: LambdaLike = { ...lambda.client, getEventSourceMapping: async () => ({ UUID: 'u', State: 'Pausing' }) }
  const side = lambdaFunction({ client, functionName: 'orders', triggers: { queue: { eventSourceMapping: 'u' } } })

  expect(await side.look('queue')).toEqual({
    state: 'changing',
    setting: undefined,
    text: 'mapping u of orders is Pausing',
  })
})

test('counts that SQS leaves out are no zeros', async () => {
  const { lambda } = setUp()
  const sqs = { getQueueAttributes: async () => ({ Attributes: { ApproximateNumberOfMessages: '3' } }) }
  const triggers = { queue: { sqs: 'orders', queueUrl: 'https://sqs/orders' } } as const
  const side = lambdaFunction({ client: lambda.client, sqs, functionName: 'orders', triggers })

  expect(await side.activity('queue')).toMatchObject({ inFlight: undefined, waiting: undefined, longestMs: undefined })
})

test('bad options are refused at once, by name', () => {
  const { client } = setUp().lambda
  const triggers = { queue: { sqs: 'orders' } } as const

  expect(() => lambdaFunction({ client: { send: () => {} } as never, functionName: 'o', triggers })).toThrow(
    /client has no getEventSourceMapping.*LambdaClient has only send/,
  )
  expect(() => lambdaFunction({ client, functionName: 'a b', triggers })).toThrow(/functionName is "a b"/)
  expect(() => lambdaFunction({ client, functionName: 'o', triggers: {} })).toThrow(/triggers is empty/)
  expect(() => lambdaFunction({ client, functionName: 'o', triggers: { q: {} as never } })).toThrow(/triggers.q is {}/)
  expect(() => lambdaFunction({ client, functionName: 'o', triggers, pollMs: 0 })).toThrow(/pollMs is 0/)
})
