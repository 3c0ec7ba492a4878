import { dateText, dayMs } from '../bill/billed-days.ts'
import { dayStart, monthSpan } from '../estimate/month.ts'
import { decimal, type DecimalLike } from '../money/decimal.ts'

/** What one meter of one resource costs on one day, in the end. */
export interface Charge {
  /** Epoch milliseconds, of any moment of the day (UTC). */
  readonly day: number
  readonly resourceId: string
  /** AWS: `AWS Lambda`. */
  readonly service: string
  /** AWS: a usage type, `Lambda-GB-Second`. Azure: a meter, `On Demand Execution Time`. */
  readonly meter: string
  readonly cost: DecimalLike
  readonly quantity: DecimalLike
  /** @default 'USD' */
  readonly currency?: string | undefined
  readonly tags?: Readonly<Record<string, string>> | undefined
  /** `Usage`, or what else is on a bill: `Credit`, `Tax`. @default 'Usage' */
  readonly type?: string | undefined
  /** From then on (epoch milliseconds) it says something else: a restatement. */
  readonly restated?: { readonly at: number; readonly cost: DecimalLike } | undefined
}

/** A charge as the service shows it now. */
export interface ShownCharge {
  /** `2026-11-20` */
  readonly day: string
  readonly resourceId: string
  readonly service: string
  readonly meter: string
  readonly cost: string
  readonly quantity: string
  readonly currency: string
  readonly tags: Readonly<Record<string, string>>
  readonly type: string
  /** Before the month's invoice. */
  readonly estimated: boolean
}

export interface BillingMachineOptions {
  /** Epoch milliseconds: all that the machine knows of time. */
  now(): number
  readonly charges: readonly Charge[]
  /** How late usage gets onto the bill. @default 24 hours; AWS up to 24, Azure renews every 4 */
  readonly lagMs?: number | undefined
  /** How long after a month's end its invoice comes. @default 3 days */
  readonly invoiceMs?: number | undefined
}

/** What a billing service knows: late, incomplete on the current day, and restated afterwards. No timer: all follows from `now()`. */
export interface BillingMachine {
  /** What is shown now. A day of which nothing has arrived is not there. */
  charges(): readonly ShownCharge[]
  /** Is the month of this instant invoiced? */
  isInvoiced(at: number): boolean
  now(): number
}

export function billingMachine(options: BillingMachineOptions): BillingMachine {
  const { now, charges, lagMs = dayMs, invoiceMs = 3 * dayMs } = options
  const isInvoiced = (at: number): boolean => monthSpan(at).to + invoiceMs <= now()
  return {
    now,
    isInvoiced,
    charges: () =>
      charges.flatMap((charge) => {
        const start = dayStart(charge.day)
        // Spread evenly over the day, and seen `lagMs` later.
        const seenMs = Math.min(now() - lagMs - start, dayMs)
        if (seenMs <= 0) return []
        const { restated, currency = 'USD', tags = {}, type = 'Usage', resourceId, service, meter } = charge
        const cost = restated && now() >= restated.at ? restated.cost : charge.cost
        const part = (whole: DecimalLike): string =>
          seenMs === dayMs
            ? decimal(whole).toString()
            : decimal(whole).times(decimal(seenMs)).dividedBy(decimal(dayMs), 10).toString()
        const amounts = { cost: part(cost), quantity: part(charge.quantity) }
        return [
          {
            day: dateText(start),
            resourceId,
            service,
            meter,
            ...amounts,
            currency,
            tags,
            type,
            estimated: !isInvoiced(start),
          },
        ]
      }),
  }
}
