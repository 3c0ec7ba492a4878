/** One minute of both sides, as every gate gets it. */
export interface Minute {
  readonly source: { readonly bad: number; readonly total: number }
  readonly target: { readonly bad: number; readonly total: number }
}

/** Judges a cutover as it unfolds, and answers in which minute (from 1) it rolled back. */
export type Peer = (minutes: readonly Minute[]) => number | undefined

/** The share of bad requests; NaN for a minute without any, which is how a service says "no value". */
export const share = ({ bad, total }: Minute['source']): number => (total === 0 ? Number.NaN : bad / total)
