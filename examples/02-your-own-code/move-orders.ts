// A team's own cutover code. It takes what it touches, and what runs it.
import type { Check } from '@cutover/core'
import { type DnsRecord, lowerTtl, repoint } from '@cutover/dns'
import { type RunOptions, runCutover } from '@cutover/rollback'
import { type Link, caughtUp, follow, sameContent, switchOver } from '@cutover/sync'
import { type Listeners, activate, cordon, drained, oneListener } from '@cutover/triggers'

export interface Orders {
  readonly api: DnsRecord<'CNAME'>
  readonly lambda: Listeners<'queue' | 'nightly'>
  readonly app: Listeners<'queue' | 'nightly'>
  readonly uploads: Link
  readonly healthy: Check
}

export const moveOrders = ({ api, lambda, app, uploads, healthy }: Orders, run: RunOptions) =>
  runCutover({ id: 'orders', ...run }, async (cutover) => {
    await cutover.apply(follow(uploads))
    const { safeAt } = await cutover.apply(lowerTtl(api, { ttlSeconds: 30, until: 'authoritative' }))
    await cutover.require(caughtUp(uploads, { lag: '5s' }), { within: '2h' })

    await cutover.all({
      queue: (steps) => steps.apply(cordon(lambda, 'queue')),
      nightly: (steps) => steps.apply(cordon(lambda, 'nightly')),
    })
    await cutover.require(drained(lambda), { within: '20m' })
    await cutover.run(switchOver(uploads, { maxDowntime: '2m' }))
    await cutover.require(sameContent(uploads))

    // The functions of one app are switched one after the other: their settings are one document.
    await cutover.apply(activate(app, 'queue'))
    await cutover.apply(activate(app, 'nightly'))
    await cutover.require(oneListener(lambda, app))
    await cutover.waitUntil('the former TTL is forgotten', () => safeAt)
    await cutover.apply(repoint(api, { to: 'orders.azurewebsites.net', notBefore: safeAt }))
    await cutover.require(healthy, { within: '30m' })
  })
