import { CutoverError, knownOptions, sameJson } from '@cutover/core'

import type { CapState, SpendCap } from '../cap/spend-cap.ts'
import type { CostErrorCode } from '../cost-error-code.ts'
import { checkedClient, checkedFetch, checkedMs, checkedTexts, invalid } from '../cost-options.ts'
import type { ReadOptions } from '../usage/usage-row.ts'
import type { ArmOptions } from './arm-like.ts'
import { type ArmAttempt, armRequest, refusal } from './arm-request.ts'
import { textOf } from './exact-json.ts'

export interface FlexCapOptions extends ArmOptions {
  readonly subscriptionId: string
  readonly resourceGroup: string
  /** The app's name. */
  readonly name: string
  /** How long an unanswered request may still take effect, in milliseconds. @default 60_000 */
  readonly lateMs?: number | undefined
}

const known = ['credential', 'fetch', 'endpoint', 'subscriptionId', 'resourceGroup', 'name', 'lateMs']
const apiVersion = '2024-04-01'

/** What a Flex Consumption app says of its scale; all of it is sent back, since a PATCH need not merge what is below a property. */
type FunctionAppConfig = Readonly<Record<string, unknown>>

/**
 * A Flex Consumption app's `maximumInstanceCount` as a limit of what it can spend.
 *
 * It is sent by PATCH, as the Azure command line does: the official client for App Service leaves `functionAppConfig` out of a
 * PATCH, since its description does not have it there.
 *
 * @throws CutoverError `COST_OPTION_INVALID`
 * @see https://learn.microsoft.com/azure/azure-functions/flex-consumption-how-to
 */
export function flexCap(options: FlexCapOptions): SpendCap {
  knownOptions(options, known, 'COST_OPTION_INVALID', 'flexCap')
  const { credential, fetch, endpoint, subscriptionId, resourceGroup, name, lateMs = 60_000 } = options
  checkedClient(credential, ['getToken'], 'flexCap', 'new DefaultAzureCredential()')
  checkedFetch(fetch, 'flexCap')
  checkedTexts({ subscriptionId, resourceGroup, name }, 'flexCap')
  checkedMs({ lateMs }, 'flexCap')
  for (const [field, text] of Object.entries({ resourceGroup, name })) {
    if (!/^[\w.()-]+$/.test(text)) throw invalid(`flexCap: ${field} is ${JSON.stringify(text)}; wanted a name`)
  }
  const arm: ArmOptions = { credential, fetch, endpoint }
  const id = `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}/providers/Microsoft.Web/sites/${name}`
  const path = `${id}?api-version=${apiVersion}`
  const where = `--resource-group ${resourceGroup} --name ${name}`

  const site = async (signal: AbortSignal | undefined): Promise<Readonly<Record<string, unknown>>> => {
    const attempt: ArmAttempt = { what: `read app ${name}`, operation: 'Microsoft.Web/sites/read' }
    signal?.throwIfAborted()
    const answer = await armRequest(arm, { method: 'GET', path, signal }, attempt)
    if (answer.status !== 200) throw refusal(answer, attempt)
    return Object(answer.body) as Readonly<Record<string, unknown>>
  }
  const config = async (signal: AbortSignal | undefined): Promise<FunctionAppConfig> => {
    const { properties } = await site(signal)
    const { functionAppConfig } = Object(properties) as { functionAppConfig?: unknown }
    if (typeof functionAppConfig === 'object' && functionAppConfig !== null)
      return functionAppConfig as FunctionAppConfig
    throw new CutoverError<CostErrorCode>(
      'COST_REJECTED',
      `app ${name} is on no Flex Consumption plan, so it has no such limit`,
    )
  }

  return {
    id: `functions:${name}`,
    name,
    unit: 'instances',
    least: 1,
    most: 1_000,
    lateMs,
    supports: { compareAndSwap: false },
    refuses: (limit) =>
      `above ${limit} instances requests wait and fail when they wait too long, and messages wait in their queues${limit < 40 ? '; an HTTP app below 40 instances is slowed down early' : ''}`,
    read: async ({ signal }: ReadOptions) => stateOf(await config(signal)),
    tags: async ({ signal }: ReadOptions) => ({
      ...((await site(signal))['tags'] as Readonly<Record<string, string>>),
    }),
    async write({ from, to }, { signal, fence }) {
      const found = await config(signal)
      const state = stateOf(found)
      if (sameJson(state, to)) return
      if (!sameJson(state, from)) {
        throw new CutoverError<CostErrorCode>(
          'COST_CONFLICT',
          `app ${name} is limited to ${state.limit ?? 'nothing'}; expected ${from.limit ?? 'no limit'}`,
        )
      }
      const scaleAndConcurrency = { ...scaleOf(found), maximumInstanceCount: to.limit ?? null }
      const body = { properties: { functionAppConfig: { ...found, scaleAndConcurrency } } }
      const attempt: ArmAttempt = { what: `limit app ${name}`, operation: 'Microsoft.Web/sites/write' }
      const answer = await armRequest(arm, { method: 'PATCH', path, body, signal, fence }, attempt)
      if (answer.status >= 300) throw refusal(answer, attempt)
    },
    permissions: ['Microsoft.Web/sites/read', 'Microsoft.Web/sites/write'],
    byHand: (to) =>
      to === undefined
        ? `az functionapp scale config show ${where}`
        : `az functionapp scale config set ${where} --maximum-instance-count ${to.limit ?? 100}`,
  }
}

const scaleOf = (found: FunctionAppConfig): Readonly<Record<string, unknown>> =>
  Object(found['scaleAndConcurrency']) as Readonly<Record<string, unknown>>

function stateOf(found: FunctionAppConfig): CapState {
  const { maximumInstanceCount: count } = scaleOf(found)
  return count === undefined || count === null ? {} : { limit: Number(textOf(count)) }
}
