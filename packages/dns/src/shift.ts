import {
  type Change,
  CutoverError,
  defineChange,
  type Duration,
  durationMs,
  knownOptions,
  sameJson,
} from '@cutover/core'

import { checkedRecord, type DnsRecord } from './dns-record.ts'
import type { AnyRecordSet, WeightedMember, WeightedRecordSet } from './dns-zone.ts'
import { editRecord, findRecord } from './edit-record.ts'
import { forgotten } from './forgotten.ts'
import { instant } from './instant.ts'
import { refuseBefore } from './not-before.ts'
import { refuseOption } from './option-error.ts'
import { rememberedMs, servedMs, sleepUntil, waitUntilServed } from './propagation.ts'
import { describeRecordSet, sameRecordSet } from './record-set.ts'
import { ttlOf } from './record-ttl.ts'
import { rtoFits } from './rto.ts'
import { weightedOnly } from './weighted-set.ts'
import { percentOf, type Weights, weightsFor } from './weights.ts'

/** Where a ramp began, and where it stands: what one step of it hands to the next. */
export interface RampOrigin {
  /** Before the first step: undoing any of them goes there at once. */
  readonly weights: Weights
  /** How the provider had spelled each answer then, such as the weight of an endpoint that was disabled: it comes back, too. */
  readonly spelling?: Readonly<Record<string, unknown>> | undefined
  /** After the last step: the next one refuses to begin anywhere else. */
  readonly now: Weights
}

export interface ShiftOptions {
  /** The member that gets `percent`: its id, or the one value that it answers. */
  readonly to: string
  /** 0 to 100. DNS weighs answers, not clients: one large resolver that draws the new answer moves all of its clients. */
  readonly percent: number
  /** What the step before answered. @default none: this is the first step, or the only one */
  readonly origin?: RampOrigin | undefined
  /** Epoch milliseconds (seconds are refused): too early before. */
  readonly notBefore?: number | undefined
  /** Refused when going back could take longer: propagation + TTL + 1 s. */
  readonly rto?: Duration | undefined
}

const shiftOptions: readonly (keyof ShiftOptions)[] = ['to', 'percent', 'origin', 'notBefore', 'rto']

export interface Shifted {
  /** Hand it to the next step of the ramp. */
  readonly origin: RampOrigin
  /** Epoch milliseconds: from here on no cache that obeys DNS has an answer drawn by the former weights. */
  readonly allMovedBy: number
}

/** What was there, and what undoing leads to. */
interface ShiftBefore {
  readonly found: WeightedRecordSet
  readonly origin: Omit<RampOrigin, 'now'>
}

/** Only for estimates, before the record was read. */
const assumedTtlSeconds = 300

/**
 * Gives one answer of a weighted record its share; settled when every authoritative server draws by the new weights (and, at
 * Traffic Manager, the endpoint is `Online`).
 *
 * A ramp is a loop of them with checks between, each handing its `origin` to the next. Undone, from whatever step, the weights
 * are those from before the first one, exactly: the whole way back is one write and one wait of a TTL.
 *
 * The others keep their shares among themselves. Values, TTLs and health checks are left as they are.
 *
 * @throws CutoverError at once `DNS_OPTION_INVALID`, `DURATION_INVALID`; before anything is written `DNS_RECORD_NOT_FOUND`,
 * `DNS_RECORD_UNSUPPORTED` (not a weighted record), `DNS_NOT_SAFE_YET`, `DNS_RTO_UNREACHABLE`, `DNS_RECORD_FOREIGN` (also when
 * the weights are not what the step before left).
 */
export function shift(record: DnsRecord, options: ShiftOptions): Change<ShiftBefore, Shifted, AnyRecordSet> {
  knownOptions(options, shiftOptions, 'DNS_OPTION_INVALID', 'shift')
  const { to, percent, origin, notBefore, rto } = options
  const { zone, name, type } = checkedRecord(record)
  const { weighted } = zone.supports
  if (typeof to !== 'string' || to === '') refuseOption('to', to, 'the id or the value of one answer')
  if (typeof percent !== 'number' || !(percent >= 0 && percent <= 100))
    refuseOption('percent', percent, 'a number from 0 to 100')
  if (weighted === false) refuseOption('record', name, 'a record of a zone that answers by weight')
  if (notBefore !== undefined) instant(notBefore, 'notBefore')
  const rtoMs = rto === undefined ? undefined : durationMs(rto, 'rto')

  const intended = ({ found }: ShiftBefore): WeightedRecordSet =>
    withWeights(found, weightsFor(idOf(found, to), percent, weightsOf(found), weighted.most))

  const back = ({ found, origin: first }: ShiftBefore): WeightedRecordSet => {
    const set = withWeights(found, first.weights)
    return { ...set, members: set.members.map((member) => asSpelled(member, first.spelling?.[member.id])) }
  }
  const edit = editRecord<ShiftBefore>(record, {
    was: ({ found }) => found,
    intended,
    back,
    inWords: `give ${to} ${percent} % of the answers for ${name}`,
  })
  const noting =
    (write: typeof edit.apply): typeof edit.apply =>
    (before, context) => {
      const fence = (): void => {
        context.fence()
        forgotten.written(zone, { name, type })
      }
      return write(before, { ...context, fence })
    }

  return defineChange({
    ...edit,
    apply: noting(edit.apply),
    revert: noting(edit.revert),
    id: `dns:shift:${name}/${type}:${to}:${percent}`,
    title: `Give ${to} ${percent} % of ${name}`,
    intent: { to, percent, origin },
    async capture({ clock, signal }) {
      if (notBefore !== undefined) refuseBefore(notBefore, clock.now(), name)
      const found = weightedOnly(await findRecord({ zone, name, type }, signal))
      const weights = weightsOf(found)
      if (origin && !sameJson(sorted(weights), sorted(origin.now))) {
        throw new CutoverError(
          'DNS_RECORD_FOREIGN',
          `${name} is not where the step before left it; found ${inNumbers(weights)}, wanted ${inNumbers(origin.now)}`,
          {
            next: 'Hand over the origin that the last step answered; without one, undoing leads to the weights of now.',
          },
        )
      }
      const { now: _now, ...first } = origin ?? { weights, now: weights, ...spellingOf(found) }
      const before: ShiftBefore = { found, origin: first }
      intended(before) // refuses a member that is not there, and a share that cannot be said
      if (rtoMs !== undefined) rtoFits({ name, zone, rtoMs, ttlSeconds: ttlOf(found) })
      return before
    },
    async settle(before, _seen, context, { toward: way, since, hint }): Promise<Shifted> {
      const now = weightsOf(intended(before))
      const result = (allMovedBy: number): Shifted => ({ origin: { ...before.origin, now }, allMovedBy })
      const rememberedFor = rememberedMs(ttlOf(before.found))
      if (way === 'applied') {
        if (sameRecordSet(before.found, intended(before))) return result(since + zone.propagationMs + rememberedFor)
        return result((await waitUntilServed(zone, context, { since, receipt: hint })) + rememberedFor)
      }
      if (hint === undefined && forgotten.allBut(zone, back(before))) return result(context.clock.now())
      const allBackBy = (await waitUntilServed(zone, context, { since, receipt: hint })) + rememberedFor
      await sleepUntil(allBackBy, `resolvers may remember answers of ${name} drawn by the former weights`, context)
      forgotten.waitedFor(zone, back(before))
      return result(allBackBy)
    },
    estimate(before, measured) {
      const ttl = before ? ttlOf(before.found) : assumedTtlSeconds
      const backMs = servedMs(zone, measured) + rememberedMs(ttl)
      return { applyMs: zone.propagationMs, revertMs: before ? backMs : Math.min(backMs, rtoMs ?? backMs) }
    },
  })
}

const withWeights = (set: WeightedRecordSet, weights: Weights): WeightedRecordSet => ({
  ...set,
  members: set.members.map((member) => ({ ...member, weight: weights[member.id] ?? member.weight })),
})

function asSpelled({ spelling: _later, ...member }: WeightedMember, spelling: unknown): WeightedMember {
  return spelling === undefined ? member : { ...member, spelling }
}

function spellingOf({ members }: WeightedRecordSet): Pick<RampOrigin, 'spelling'> {
  const spelled = members.filter(({ spelling }) => spelling !== undefined)
  return spelled.length === 0 ? {} : { spelling: Object.fromEntries(spelled.map(({ id, spelling }) => [id, spelling])) }
}

const weightsOf = ({ members }: WeightedRecordSet): Weights =>
  Object.fromEntries(members.map(({ id, weight }) => [id, weight]))

const sorted = (weights: Weights): readonly (readonly [string, number])[] =>
  Object.entries(weights).sort(([a], [b]) => (a < b ? -1 : 1))

const inNumbers = (weights: Weights): string =>
  sorted(weights)
    .map(([id]) => `${id} ${percentOf(weights, id).toFixed(1)} %`)
    .join(', ')

/** By id, or by the only value that it answers. */
function idOf(set: WeightedRecordSet, to: string): string {
  const byId = set.members.find(({ id }) => id === to)
  const byValue = set.members.filter(({ values, alias }) =>
    [values?.join(' '), alias?.target].includes(to.toLowerCase()),
  )
  const [only] = byId ? [byId] : byValue
  if (only && (byId || byValue.length === 1)) return only.id
  throw new CutoverError(
    'DNS_OPTION_INVALID',
    `to is ${JSON.stringify(to)}; wanted the id or the value of one answer of ${describeRecordSet(set)}`,
  )
}
