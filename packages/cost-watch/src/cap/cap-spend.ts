import { type Change, CutoverError, defineChange, knownOptions, sameJson, type Standing } from '@cutover/core'

import type { CostErrorCode } from '../cost-error-code.ts'
import { isTagged } from '../usage/tagged-usage.ts'
import type { Tag } from '../usage/usage-row.ts'
import type { CapState, SpendCap } from './spend-cap.ts'

export interface CapSpendOptions {
  /** How many at once: what the handle calls `unit`. */
  readonly limit: number
  /** Refuses what does not bear it: only the resources of this migration are limited. @default whatever it is given */
  readonly tag?: Tag | undefined
}

/** The limit that is set, and what it refuses. */
export interface Capped {
  readonly limit: number
  /** What happens to work beyond it. */
  readonly refuses: string
}

/**
 * Limits how much of something may run at once, and so what it can cost in an hour. Nothing applies it by itself: it is what a
 * person may do about an alarm, and it refuses work, which `intent.refuses` says before and a note says when it is done.
 *
 * Afterwards no more than `limit` run at once. Undone, the former limit stands again, or none.
 *
 * @throws CutoverError `COST_OPTION_INVALID` at once: also for 0, which stops everything and is what `cordon` is for; when it is
 * applied `COST_REJECTED` when it does not bear the tag, a lower limit stands already, or the service refuses.
 */
export function capSpend(cap: SpendCap, options: CapSpendOptions): Change<CapState, Capped> {
  knownOptions(options, ['limit', 'tag'], 'COST_OPTION_INVALID', 'capSpend')
  const { limit, tag } = options
  if (!Number.isInteger(limit) || limit < cap.least || limit > cap.most) {
    throw new CutoverError<CostErrorCode>(
      'COST_OPTION_INVALID',
      `capSpend: limit is ${limit}; wanted ${cap.least} to ${cap.most} ${cap.unit}`,
      { next: limit === 0 ? 'To stop it altogether, cordon it: @cutover/triggers.' : undefined },
    )
  }
  const to: CapState = { limit }
  const capped: Capped = { limit, refuses: cap.refuses(limit) }
  return defineChange({
    id: `cost:cap:${cap.id}:${limit}`,
    subject: `${cap.id}/limit`,
    title: `Limit ${cap.name} to ${limit} ${cap.unit}`,
    intent: capped,
    lateMs: cap.lateMs,
    async capture({ signal }) {
      if (tag && !isTagged(await cap.tags({ signal }), tag)) {
        throw new CutoverError<CostErrorCode>(
          'COST_REJECTED',
          `${cap.name} does not bear ${tag.key} = ${tag.values.join(' or ')}, so it is not of this migration`,
        )
      }
      const before = await cap.read({ signal })
      if (before.limit !== undefined && before.limit < limit) {
        throw new CutoverError<CostErrorCode>(
          'COST_REJECTED',
          `${cap.name} is limited to ${before.limit} ${cap.unit} already, which is less than ${limit}`,
        )
      }
      return before
    },
    async probe(before, { signal }): Promise<Standing<Capped>> {
      const found = await cap.read({ signal })
      if (sameJson(found, to)) return { is: 'applied', seen: capped }
      return sameJson(found, before) ? { is: 'absent' } : { is: 'foreign', found }
    },
    async apply(before, { signal, fence, report }) {
      await cap.write({ from: before, to }, { signal, fence })
      report({ kind: 'note', code: 'COST_CAPPED', data: { limit }, text: `${cap.name}: ${capped.refuses}` })
    },
    revert: async (before, { signal, fence }) => cap.write({ from: to, to: before }, { signal, fence }),
    estimate: () => ({ applyMs: 5_000, revertMs: 5_000 }),
    permissions: cap.permissions,
    byHand: (before) => ({
      apply: [cap.byHand(to)],
      revert: [before === undefined ? `# put back what it was: ${cap.byHand(undefined)}` : cap.byHand(before)],
      look: [cap.byHand(undefined)],
    }),
  })
}
