// What the SDKs throw, and what it means here.
import { fakeWorld } from '@cutover/core/testing'
import type { CutoverError, EndpointSetting } from '@cutover/dns'
import { appConfigurationSetting } from '@cutover/dns/app-configuration'
import { lambdaVariable } from '@cutover/dns/lambda'
import { ssmParameter } from '@cutover/dns/ssm'
import { inMemoryAppConfiguration, inMemoryLambdaEnvironment, inMemoryParameterStore } from '@cutover/dns/testing'
import { expect, test } from 'vitest'

const from = 'https://d-1.execute-api.us-east-1.amazonaws.com/prod'
const signed = 'Credential=AKIA…/not-a-real-secret, SignedHeaders=host, Signature=…'

const aws = (name: string, httpStatusCode: number | undefined, message = 'said') =>
  Object.assign(new Error(message), { name, $metadata: { ...(httpStatusCode !== undefined && { httpStatusCode }) } })
const rest = (statusCode: number | undefined) =>
  Object.assign(new Error('said'), { name: 'RestError', ...(statusCode !== undefined && { statusCode }) })

type Write = (error: unknown) => Promise<unknown>

/** Writes at Lambda, at SSM and at App Configuration, each of which answers with that error. */
const failing = (error: unknown) => async (): Promise<never> => {
  throw error
}
const written = async (setting: EndpointSetting): Promise<unknown> => {
  const world = fakeWorld()
  const found = await setting.find()
  const context = { clock: world.clock, signal: world.signal, fence: () => {}, report: () => {} }
  return setting.replace(found ?? { value: '', version: '' }, 'https://a.example.com', context).then(
    () => undefined,
    (error: unknown) => error,
  )
}
const lambda: Write = (error) => {
  const { client } = inMemoryLambdaEnvironment(fakeWorld(), { functionName: 'shop', variables: { URL: from } })
  const broken = { ...client, updateFunctionConfiguration: failing(error) }
  return written(lambdaVariable({ client: broken, functionName: 'shop', variable: 'URL' }))
}
const ssm: Write = (error) => {
  const { client } = inMemoryParameterStore(fakeWorld(), { url: { Value: from } })
  return written(ssmParameter({ client: { ...client, putParameter: failing(error) }, name: 'url' }))
}
const configuration: Write = (error) => {
  const { client } = inMemoryAppConfiguration(fakeWorld(), { url: { value: from } })
  const broken = { ...client, setConfigurationSetting: failing(error) }
  return written(appConfigurationSetting({ client: broken, store: 'shop', key: 'url' }))
}

const cases: readonly (readonly [write: Write, thrown: unknown, code: string, retryable: boolean, next?: RegExp])[] = [
  [lambda, aws('PreconditionFailedException', 412), 'DNS_CONFLICT', false],
  [lambda, aws('ResourceConflictException', 409), 'DNS_UNAVAILABLE', true],
  [lambda, aws('TooManyRequestsException', 429), 'DNS_UNAVAILABLE', true],
  [lambda, aws('ServiceException', 500), 'DNS_UNAVAILABLE', true],
  [lambda, aws('TimeoutError', undefined), 'DNS_UNAVAILABLE', true],
  [lambda, aws('AccessDeniedException', 403), 'DNS_NOT_AUTHORIZED', false, /lambda:UpdateFunctionConfiguration/],
  [lambda, aws('ExpiredTokenException', 403, signed), 'DNS_NOT_AUTHORIZED', false, /get-caller-identity/],
  [lambda, aws('InvalidParameterValueException', 400), 'DNS_CHANGE_REJECTED', false],
  [lambda, aws('ResourceNotFoundException', 404), 'DNS_CONFLICT', false],
  [lambda, 'a text', 'DNS_UNAVAILABLE', true],
  [ssm, aws('ThrottlingException', 400), 'DNS_UNAVAILABLE', true],
  [ssm, aws('TooManyUpdates', 400), 'DNS_UNAVAILABLE', true],
  [ssm, aws('ParameterPatternMismatchException', 400), 'DNS_CHANGE_REJECTED', false],
  [ssm, aws('AccessDeniedException', 400), 'DNS_NOT_AUTHORIZED', false, /ssm:PutParameter/],
  [ssm, aws('SignatureDoesNotMatch', 403, signed), 'DNS_NOT_AUTHORIZED', false],
  [configuration, rest(412), 'DNS_CONFLICT', false],
  [configuration, rest(401), 'DNS_NOT_AUTHORIZED', false, /az account show/],
  [configuration, rest(403), 'DNS_NOT_AUTHORIZED', false, /App Configuration Data Owner/],
  [configuration, rest(409), 'DNS_CHANGE_REJECTED', false, /kv unlock/],
  [configuration, rest(400), 'DNS_CHANGE_REJECTED', false],
  [configuration, rest(429), 'DNS_UNAVAILABLE', true],
  [configuration, rest(503), 'DNS_UNAVAILABLE', true],
  [configuration, rest(undefined), 'DNS_UNAVAILABLE', true],
]

for (const [write, thrown, code, retryable, next] of cases) {
  const { name, message, ...status } = Object(thrown) as Record<string, unknown>
  test(`${write.name} ${String(name ?? thrown)} ${JSON.stringify(status)} ${String(message)} is ${code}`, async () => {
    const error = await write(thrown)

    expect(error).toMatchObject({ code, retryable })
    expect(String((error as CutoverError).next)).toMatch(next ?? /^/)
    const { cause, message: text } = error as Error
    expect(`${text} ${String(cause)} ${JSON.stringify(cause)}`).not.toContain('not-a-real-secret')
  })
}
