import { journalCopy } from '@cutover/core'

/** What was used of the limits. */
export interface Consumption {
  /** How long clients were not served, in milliseconds. */
  readonly downtimeMs: number
  /** How many accepted writes or messages were lost. */
  readonly dataLoss: number
}

/** What was agreed before the night, as the journal keeps it for those who read it. */
export interface Agreed {
  /** When the maintenance window ends, epoch milliseconds. */
  readonly windowEndsAt?: number | undefined
  readonly limits?:
    | {
        readonly maxDowntimeMs: number
        readonly maxDataLoss: number
        readonly agreedBy: string
        readonly rtoMs?: number | undefined
        readonly predicted?: Consumption | undefined
      }
    | undefined
}

/** Of what a runner brings, that. */
export function agreedOf({ windowEndsAt, limits }: Agreed): Agreed {
  if (limits === undefined) return windowEndsAt === undefined ? {} : { windowEndsAt }
  const { maxDowntimeMs, maxDataLoss, agreedBy, rtoMs, predicted } = limits
  const kept = { windowEndsAt, limits: { maxDowntimeMs, maxDataLoss, agreedBy, rtoMs, predicted } }
  return journalCopy(kept, 'limits')
}
