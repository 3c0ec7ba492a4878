// The cutover itself: what a team would write. It is rehearsed on fakes and run for real without a change.
import { type Check, type DnsRecord, type Duration, answersWith, lowerTtl, repoint } from '@cutover/dns'
import { type Report, type RunOptions, runCutover } from '@cutover/rollback'
import {
  type Link,
  type QueueTransferOptions,
  allMoved,
  caughtUp,
  follow,
  switchOver,
  transferQueue,
} from '@cutover/sync'
import { type Listeners, activate, cordon, drained, oneListener } from '@cutover/triggers'

export interface Orders {
  /** The name that clients call. */
  readonly api: DnsRecord<'A'>
  /** The address of the function app. */
  readonly to: string
  /** The TTL during the move. */
  readonly ttlSeconds: number
  readonly lambda: Listeners<'http' | 'queue'>
  readonly app: Listeners<'http' | 'queue'>
  /** Orders and receipts: bucket → container. */
  readonly documents: Link
  readonly messages: QueueTransferOptions
  /** The function app, asked at its own address under the real name. */
  /** How long nothing may be in flight before Lambda counts as drained. @default '1m', since the counts of SQS are that late */
  readonly quiet?: Duration | undefined
  readonly ready: Check
  readonly healthy: Check
}

/** Minimized downtime: copy and follow while Lambda serves; then a short window: stop, drain, last changes, start, repoint. */
export const moveOrders = (orders: Orders, run: RunOptions): Promise<Report> =>
  runCutover({ id: 'orders', ...run }, async (cutover) => {
    const { api, to, ttlSeconds, lambda, app, documents, messages, ready, healthy, quiet } = orders
    await cutover.require(ready, { as: 'ready', within: '2m' })
    const { ttl } = await cutover.all({
      copy: async (steps) => {
        await steps.apply(follow(documents))
        await steps.require(caughtUp(documents, { lag: '1m' }), { within: '2h' })
      },
      ttl: (steps) => steps.apply(lowerTtl(api, { ttlSeconds, until: 'authoritative' })),
    })
    await cutover.waitUntil('the former TTL is forgotten', () => ttl.safeAt)

    // The window opens. First the queue, then its producers: a function that may not run would dead-letter good messages.
    await cutover.apply(cordon(lambda, 'queue'))
    await cutover.apply(cordon(lambda, 'http'))
    await cutover.require(drained(lambda, undefined, { quiet }), { within: '20m', every: '1s' })
    await cutover.apply(transferQueue('orders', messages))
    await cutover.require(allMoved('orders', messages), { within: '30m', every: '1s', consecutive: 2 })
    await cutover.run(switchOver(documents, { maxDowntime: '5m' }))
    await cutover.apply(activate(app, 'queue'))
    await cutover.apply(activate(app, 'http'))
    await cutover.require(oneListener(lambda, app), { within: '5m' })
    const { allMovedBy } = await cutover.apply(repoint(api, { to, notBefore: ttl.safeAt }))
    await cutover.require(answersWith(api, { to }), { within: '5m' })
    // It closes when everybody asks Azure.
    await cutover.waitUntil('everybody has moved', () => allMovedBy)
    await cutover.require(healthy, { as: 'healthy', within: '30m' })
  })
