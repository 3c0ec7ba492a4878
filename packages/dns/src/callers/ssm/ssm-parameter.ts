import { CutoverError, type Duration, durationMs } from '@cutover/core'

import { refuseOption } from '../../option-error.ts'
import { asked } from '../aws-error.ts'
import type { EndpointErrorCode } from '../endpoint-error-code.ts'
import type { EndpointSetting } from '../endpoint-setting.ts'
import type { AggregatedSsm, ParameterLike, ParameterMetadataLike, SsmLike } from './ssm-like.ts'

export interface SsmParameterOptions<Client> {
  /** `new SSM(...)` of `@aws-sdk/client-ssm`, with `maxAttempts: 1`: the outcome is read back. */
  readonly client: Client & AggregatedSsm<Client>
  /** `/orders/payments-url`, without a version or a label. */
  readonly name: string
  /**
   * How long callers keep what they have read.
   *
   * @default '5m', as AWS' Parameters and Secrets extension for Lambda does (SSM_PARAMETER_STORE_TTL)
   */
  readonly callersKeepIt?: Duration | undefined
  /** How long an unanswered request may still take effect, in milliseconds. @default 60_000 */
  readonly lateMs?: number | undefined
}

/**
 * One String parameter of the Systems Manager Parameter Store, as a handle for `repointEndpoint`.
 *
 * The store compares nothing: the parameter is read directly before the write, and the version that the write makes tells
 * whether somebody else came in between; then that edit, which is still in the parameter's history, is named in the note
 * `dns.endpoint-overwritten`. Type, data type, description, pattern, tier and policies are written as they were. Labels stay
 * where they are, on the former version: who reads by label is not moved. A SecureString is refused, and never decrypted.
 *
 * @throws CutoverError `DNS_OPTION_INVALID`, `DURATION_INVALID` at once; its methods as `EndpointErrorCode` says.
 * @see https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html
 */
export function ssmParameter<Client>(options: SsmParameterOptions<Client>): EndpointSetting {
  const { name, callersKeepIt = '5m', lateMs = 60_000 } = options
  const client = options.client as unknown as SsmLike
  const keptMs = durationMs(callersKeepIt, 'callersKeepIt')
  check(client, name)
  const text = `parameter ${name}`

  const read = async (signal: AbortSignal | undefined): Promise<ParameterLike | undefined> => {
    const answer = await asked({ what: `read ${text}`, action: 'ssm:GetParameter' }, signal, () =>
      client.getParameter({ Name: name }, abortable(signal)),
    )
    const found = answer?.Parameter
    if (found === undefined || found.Type === 'String') return found
    throw new CutoverError(
      'DNS_ENDPOINT_UNSUPPORTED' satisfies EndpointErrorCode,
      `${text} is a ${found.Type}; wanted a String, since its value is journalled`,
      { next: 'Keep the address in a String parameter, and its key in a SecureString.' },
    )
  }
  const describe = async (signal: AbortSignal): Promise<ParameterMetadataLike> => {
    const filter = { Key: 'Name', Option: 'Equals', Values: [name] } as const
    const answer = await asked({ what: `describe ${text}`, action: 'ssm:DescribeParameters' }, signal, () =>
      client.describeParameters({ ParameterFilters: [{ ...filter, Values: [...filter.Values] }] }, abortable(signal)),
    )
    const [found] = answer?.Parameters ?? []
    if (found) return found
    throw conflict(`${text} is not described, so what it has beside its value could be lost; nothing was written`)
  }
  return {
    id: `ssm:${name}`,
    text,
    supports: { compareAndSwap: 'none' },
    lateMs,
    movedMs: keptMs,
    async find({ signal } = {}) {
      const found = await read(signal)
      return found?.Value === undefined ? undefined : { value: found.Value, version: String(found.Version) }
    },
    async replace(expected, value, { signal, fence, report }) {
      const metadata = await describe(signal)
      const found = await read(signal)
      if (String(found?.Version) !== expected.version || found?.Value !== expected.value) {
        throw conflict(`${text} was changed by somebody else; nothing was written`)
      }
      const input = { ...kept(metadata, found), Name: name, Value: value, Type: 'String', Overwrite: true } as const
      fence()
      const written = await asked({ what: `write ${text}`, action: 'ssm:PutParameter' }, signal, () =>
        client.putParameter(input, abortable(signal)),
      )
      const [version, next] = [written?.Version, Number(expected.version) + 1]
      if (version === undefined || version <= next) return undefined
      const overwritten = `${name}:${version - 1}`
      report({
        kind: 'note',
        code: 'dns.endpoint-overwritten',
        data: { name, from: next, to: version - 1 },
        text: `somebody else wrote ${text} at the same moment and was overwritten; to see it: aws ssm get-parameter --name '${overwritten}'`,
      })
      return undefined
    },
    // Whoever reads it gets it at once; who has read before keeps it for a while.
    waitUntilRead: async (since) => since + keptMs,
    permissions: ['ssm:GetParameter', 'ssm:DescribeParameters', 'ssm:PutParameter'],
    byHand: (value) => ({
      set: `aws ssm put-parameter --overwrite --name '${name}' --value '${value ?? '<the address that was found>'}'`,
      look: `aws ssm get-parameter --name '${name}'`,
    }),
  }
}

function kept(
  { Description, AllowedPattern, Tier, Policies = [] }: ParameterMetadataLike,
  { DataType }: ParameterLike,
) {
  const policies = Policies.flatMap(({ PolicyText }) => (PolicyText === undefined ? [] : [PolicyText]))
  return {
    ...(DataType !== undefined && { DataType }),
    ...(Description !== undefined && Description !== '' && { Description }),
    ...(AllowedPattern !== undefined && AllowedPattern !== '' && { AllowedPattern }),
    ...(Tier !== undefined && { Tier }),
    ...(policies.length > 0 && { Policies: `[${policies.join(',')}]` }),
  }
}

const conflict = (text: string): CutoverError => new CutoverError('DNS_CONFLICT' satisfies EndpointErrorCode, text)

const abortable = (signal: AbortSignal | undefined): { abortSignal?: AbortSignal } =>
  signal === undefined ? {} : { abortSignal: signal }

function check(client: unknown, name: unknown): void {
  const methods = Object(client) as Partial<Record<string, unknown>>
  const missing = ['getParameter', 'describeParameters', 'putParameter'].filter(
    (method) => typeof methods[method] !== 'function',
  )
  if (missing.length > 0) refuseOption('client', client, `new SSM(...), which has ${missing.join(' and ')}`)
  if (typeof name !== 'string' || !/^[\w./-]+$/.test(name)) {
    refuseOption('name', name, "a parameter's name such as /orders/payments-url, without a version or a label")
  }
}
