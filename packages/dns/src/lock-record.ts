import { type Change, CutoverError, defineChange, knownOptions } from '@cutover/core'

import { checkedRecord, type DnsRecord } from './dns-record.ts'
import { inTheZone, lookCommand } from './edit-record.ts'
import { refuseOption } from './option-error.ts'

export interface LockRecordOptions {
  /** What whoever wants to change it reads; at most 256 characters, no secret. @default 'moved by a cutover: ask its owner first' */
  readonly why?: string | undefined
}

const lockRecordOptions: readonly (keyof LockRecordOptions)[] = ['why']

/** Why it was locked; `null`: it was not. */
interface Lock {
  readonly why: string | null
}

/**
 * Locks a record against every change, at the authority itself: no controller, pipeline or person can move it back by mistake
 * until it is unlocked. For the days of validation, after the last `shift` or `repoint`; undone, which comes first on the way
 * back, it is unlocked. Our own changes are refused meanwhile too: `DNS_RECORD_LOCKED`.
 *
 * A lock is taken only where there is none, atomically; it is ended by its name and type alone, so that one which somebody puts in
 * its place between our read and our write is ended as well.
 *
 * One that is locked for the same reason already stays locked, and is never unlocked here; any other lock is foreign.
 *
 * @throws CutoverError at once `DNS_OPTION_INVALID` (also for a zone without locks); before anything is written `DNS_RECORD_FOREIGN`.
 */
export function lockRecord(record: DnsRecord, options: LockRecordOptions = {}): Change<Lock, Lock, Lock> {
  knownOptions(options, lockRecordOptions, 'DNS_OPTION_INVALID', 'lockRecord')
  const { why = 'moved by a cutover: ask its owner first' } = options
  if (typeof why !== 'string' || why === '') refuseOption('why', why, 'a text that says whom to ask')
  const { zone, name, type } = checkedRecord(record)
  const locks = zone.locks ?? refuseOption('record', name, 'a record of a zone with locks, such as route53Zone(…)')
  const find = async (signal: AbortSignal): Promise<Lock> => ({
    why: (await locks.find(name, type, { signal })) ?? null,
  })
  return defineChange({
    id: `dns:lock:${name}/${type}`,
    subject: `dns-lock:${name}/${type}`,
    title: `Lock ${name} ${type}`,
    intent: { why },
    lateMs: zone.lateMs,
    async capture({ signal }) {
      const before = await find(signal)
      if (before.why === null || before.why === why) return before
      throw new CutoverError(
        'DNS_RECORD_FOREIGN',
        `${name} ${type} is locked already: found ${JSON.stringify(before.why)}, wanted none or ${JSON.stringify(why)}`,
        { next: 'Ask who locked it. A lock with the same text is taken for ours.' },
      )
    },
    async probe(_before, { signal }) {
      const found = await find(signal)
      if (found.why === why) return { is: 'applied', seen: found }
      return found.why === null ? { is: 'absent' } : { is: 'foreign', found: found.why }
    },
    async apply(_before, { signal, fence }) {
      if ((await find(signal)).why === null) await locks.lock(name, type, why, { signal, fence })
    },
    async revert(before, { signal, fence }) {
      if (before.why === null && (await find(signal)).why === why) await locks.unlock(name, type, { signal, fence })
    },
    estimate: () => ({ applyMs: 1_000, revertMs: 1_000 }),
    permissions: zone.permissions,
    byHand: () => ({
      apply: [zone.byHand?.lock?.(name, type, why) ?? inTheZone(zone, `lock ${name} ${type}`)],
      revert: [zone.byHand?.unlock?.(name, type) ?? inTheZone(zone, `unlock ${name} ${type}`)],
      look: [lookCommand(zone, name, type)],
    }),
  })
}
