import { CutoverError } from '@cutover/core'
import type { FakeWorld } from '@cutover/core/testing'

import type { CredentialLike, FetchLike } from '../azure/arm-like.ts'
import { flexCap } from '../azure/flex-cap.ts'
import type { SpendCap } from '../cap/spend-cap.ts'
import { noticingFences } from './noticing-fences.ts'
import { asArmAnswer } from './service-errors.ts'

export interface InMemoryFlexAppOptions {
  /** @default 'orders' */
  readonly name?: string | undefined
  /** @default 100, as the service has it */
  readonly maximumInstanceCount?: number | undefined
  /** @default 2048 */
  readonly instanceMemoryMB?: number | undefined
  /** @default none */
  readonly tags?: Readonly<Record<string, string>> | undefined
}

/** A Flex Consumption app's scale, as Resource Manager answers it. */
export interface InMemoryFlexApp {
  /** Our adapter over the fake service. */
  readonly cap: SpendCap
  readonly subscriptionId: string
  readonly resourceGroup: string
  readonly name: string
  readonly credential: CredentialLike
  readonly fetch: FetchLike
  maximumInstanceCount(): number
  /** Somebody else sets it. */
  edit(count: number): void
}

/** Operations: `sites.update orders`, `sites.get orders`. The token is `a-secret-token`: it must show nowhere. */
export function inMemoryFlexApp(world: FakeWorld, options: InMemoryFlexAppOptions = {}): InMemoryFlexApp {
  const { name = 'orders', maximumInstanceCount = 100, instanceMemoryMB = 2048, tags } = options
  const [subscriptionId, resourceGroup] = ['00000000-0000-0000-0000-000000000001', 'local']
  let fencing: (() => void) | undefined
  let config: Readonly<Record<string, unknown>> = {
    runtime: { name: 'node', version: '22' },
    scaleAndConcurrency: { maximumInstanceCount, instanceMemoryMB, alwaysReady: [] },
  }
  const count = (): number =>
    (config['scaleAndConcurrency'] as { readonly maximumInstanceCount: number }).maximumInstanceCount
  world.watch(`functions:${name}/limit`, () => ({ config }))

  const id = `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}/providers/Microsoft.Web/sites/${name}`
  const site = (): string => JSON.stringify({ id, name, tags, properties: { functionAppConfig: config } })
  const patch = (body: string): string => {
    const { properties } = JSON.parse(body) as { properties: { functionAppConfig: Readonly<Record<string, unknown>> } }
    const next = properties.functionAppConfig
    const { maximumInstanceCount: wanted } = Object(next['scaleAndConcurrency']) as { maximumInstanceCount?: unknown }
    if (!Number.isInteger(wanted) || Number(wanted) < 1 || Number(wanted) > 1_000) {
      throw new CutoverError('FLEX_BAD_REQUEST', `maximumInstanceCount ${String(wanted)} is out of range`)
    }
    config = next
    return site()
  }

  const credential: CredentialLike = { getToken: async () => ({ token: 'a-secret-token' }) }
  const fetch: FetchLike = async (url, { method, body = '', signal, headers }) => {
    if (headers['authorization'] !== 'Bearer a-secret-token') return reply(401, '{"error":{"code":"InvalidToken"}}')
    const { pathname } = new URL(url)
    if (pathname !== id) return reply(404, '{"error":{"code":"ResourceNotFound","message":"not found"}}')
    const write = method === 'PATCH'
    try {
      const answer = await world.call(
        `sites.${write ? 'update' : 'get'} ${name}`,
        { write, signal, fence: write ? fencing : undefined },
        () => (write ? patch(body) : site()),
      )
      return reply(200, answer)
    } catch (error) {
      if (error instanceof CutoverError && error.code === 'FLEX_BAD_REQUEST') {
        return reply(400, JSON.stringify({ error: { code: 'BadRequest', message: error.message } }))
      }
      const answer = asArmAnswer(error)
      if (answer) return reply(answer.status, answer.body)
      // What `fetch` throws when the connection is cut.
      throw signal?.aborted ? error : new TypeError('fetch failed', { cause: error })
    }
  }
  return {
    cap: noticingFences(
      flexCap({ credential, fetch, subscriptionId, resourceGroup, name }),
      (fence) => (fencing = fence),
    ),
    subscriptionId,
    resourceGroup,
    name,
    credential,
    fetch,
    maximumInstanceCount: count,
    edit(next) {
      config = {
        ...config,
        scaleAndConcurrency: { ...Object(config['scaleAndConcurrency']), maximumInstanceCount: next },
      }
    },
  }
}

type Reply = Awaited<ReturnType<FetchLike>>

const reply = (status: number, body: string): Reply => ({
  status,
  headers: { get: () => null, forEach: () => {} },
  text: async () => body,
})
