// The cutover itself: what a team would write. It is rehearsed on fakes and run for real without a change.
import { type Check, type DnsRecord, answersWith, lowerTtl, repoint } from '@cutover/dns'
import { type Report, type RunOptions, runCutover } from '@cutover/rollback'

export interface Parts {
  /** The live name. */
  readonly api: DnsRecord<'A'>
  /** The address of the server that takes over. */
  readonly to: string
  /** The TTL during the move: as long as this, a client may remember the wrong server. */
  readonly ttlSeconds: number
  /** Is the target well, asked at its own address under the real name? */
  readonly healthy: Check
}

export const moveName = ({ api, to, ttlSeconds, healthy }: Parts, run: RunOptions): Promise<Report> =>
  runCutover({ id: 'move-a-name', ...run }, async (cutover) => {
    await cutover.require(healthy, { as: 'ready', within: '30s' })
    const { safeAt } = await cutover.apply(lowerTtl(api, { ttlSeconds, until: 'authoritative' }))
    await cutover.waitUntil('the former TTL is forgotten', () => safeAt)
    const { allMovedBy } = await cutover.apply(repoint(api, { to, notBefore: safeAt }))
    await cutover.require(answersWith(api, { to }), { within: '5m' })
    await cutover.waitUntil('everybody has moved', () => allMovedBy)
    await cutover.require(healthy, { as: 'healthy under load', within: '5m' })
  })
