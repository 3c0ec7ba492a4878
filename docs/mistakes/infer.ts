// No mistake: what is answered is known exactly, and nothing is `any`.
import { apply, defineChange } from '@cutover/core'
import { dnsRecord, type DnsZone, lowerTtl, repoint } from '@cutover/dns'
import { memoryJournal, runCutover } from '@cutover/rollback'

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const yes = <T extends true>(_?: T): void => {}

declare const zone: DnsZone
const api = dnsRecord(zone, 'api.example.com', 'CNAME')

const lowered = await apply(lowerTtl(api))
yes<Same<typeof lowered.result.safeAt, number>>()

await runCutover({ id: 'x', journal: memoryJournal() }, async (cutover) => {
  const moved = await cutover.apply(repoint(api, { to: 'x' }))
  yes<Same<typeof moved.allMovedBy, number>>()

  const both = await cutover.all({
    lowered: (branch) => branch.apply(lowerTtl(api)),
    seen: (branch) =>
      branch.require({ id: 'a', title: 'a', run: async () => ({ status: 'pass', text: 'ok', evidence: { n: 1 } }) }),
  })
  yes<Same<typeof both.lowered.safeAt, number>>()
  yes<Same<NonNullable<typeof both.seen.evidence>, { n: number }>>()

  const at = await cutover.value('start', () => cutover.clock.now())
  yes<Same<typeof at, number>>()
})

// An async probe whose answers are of several shapes.
declare const read: () => Promise<{ value: string; version: number }>
const set = defineChange({
  id: 'set',
  subject: 'flag',
  title: 'Set the flag',
  intent: {},
  lateMs: 0,
  capture: read,
  async probe(before) {
    const now = await read()
    if (now.value === 'azure') return { is: 'applied', seen: { version: now.version } }
    return now.value === before.value ? { is: 'absent' } : { is: 'foreign', found: now }
  },
  apply: async () => {},
  revert: async () => {},
})
const flag = await apply(set)
yes<Same<typeof flag.result, { version: number }>>()
