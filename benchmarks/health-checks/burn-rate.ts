import type { Peer } from './peer.ts'

/** SRE Workbook, chapter 5: 14.4 times the budget over the long and the short window; a window holds what there is so far. */
export const burnRate =
  ({
    slo,
    rate = 14.4,
    long = 60,
    short = 5,
  }: {
    readonly slo: number
    readonly rate?: number
    readonly long?: number
    readonly short?: number
  }): Peer =>
  (minutes) => {
    const burns = (end: number, window: number): boolean => {
      let [bad, total] = [0, 0]
      for (const { target } of minutes.slice(Math.max(0, end - window), end)) {
        bad += target.bad
        total += target.total
      }
      return total > 0 && bad / total > rate * (1 - slo)
    }
    for (let end = 1; end <= minutes.length; end++) if (burns(end, long) && burns(end, short)) return end
    return undefined
  }
