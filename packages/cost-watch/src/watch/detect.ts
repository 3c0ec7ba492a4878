import { surprise } from './surprise.ts'
import { refuse } from './watch-error.ts'

export interface SeriesPoint {
  /** Epoch milliseconds. */
  readonly at: number
  readonly value: number
}

/** Scores a series point by point. */
export interface AnomalyDetector {
  /**
   * How unusual the point is, from 0 to 1, judging by the points before it.
   *
   * @throws CutoverError `COST_SERIES_INVALID` for a value or an instant that is no finite number, and for one that does not come
   * after the last: the detector is as before.
   */
  score(point: SeriesPoint): number
}

/** Each point is looked at alone and as part of blocks of so many. */
const resolutions = [1, 5, 25] as const
/** How much less a block's variation says than its mean, in powers of ten. */
const variationDiscount = 0.5
/** A score of 1 is a probability of one in 10 to this. */
const powers = 8
/** How fast what has been said is forgotten: the part kept from point to point. */
const kept = 0.98

/**
 * A streaming detector for series of which nothing is known in advance: neither the period nor the unit, nor what is wrong with them.
 *
 * `score` is `−log10(p) / 8`, where `p` is how probable so unusual a point is, learned from the series itself: 0.25 is one in a hundred,
 * 0.5 one in 10,000. A look at single points, at means of 5 and of 25, and at how much these vary; the most unusual counts, a block's
 * at its last point. A score tells news: what is no more unusual than what was said shortly before counts 0.3 of itself.
 *
 * Takes any spacing from seconds to days; gaps and ragged timestamps are put onto the usual spacing of the first 13 points, before which
 * every score is 0. The first score above 0 needs some 50 points. Memory is bounded; about 20 µs a point.
 */
export function anomalyDetector(): AnomalyDetector {
  const blocks = resolutions.map((size) => ({
    size,
    mean: surprise(),
    variation: size === 1 ? undefined : surprise(),
    from: 0,
    count: 0,
    sum: 0,
    moved: 0,
  }))
  let last: SeriesPoint | undefined
  let said = 0
  return {
    score(point) {
      const { at, value } = point
      if (!Number.isFinite(at)) refuse('COST_SERIES_INVALID', 'at', at, 'epoch milliseconds')
      if (!Number.isFinite(value)) refuse('COST_SERIES_INVALID', `value at ${at}`, value, 'a finite number')
      if (last !== undefined && at <= last.at)
        refuse('COST_SERIES_INVALID', 'at', at, `an instant after the last one, ${last.at}`)
      let most = 0
      for (const block of blocks) {
        if (block.count === 0) block.from = at
        block.count += 1
        block.sum += value / block.size
        block.moved += Math.abs(value - (last?.value ?? value)) / block.size
        if (block.count < block.size) continue
        // Blocks are fewer than points: as improbable a block is seldomer.
        const seldom = 0.5 * Math.log10(block.size)
        most = Math.max(most, block.mean(block.from, block.sum) + seldom)
        if (block.variation !== undefined)
          most = Math.max(most, block.variation(block.from, Math.sqrt(block.moved)) + seldom - variationDiscount)
        ;[block.count, block.sum, block.moved] = [0, 0, 0]
      }
      last = point
      const score = Math.min(1, most / powers)
      const told = score > said ? score : 0.3 * score
      said = Math.max(said * kept, score)
      return told
    },
  }
}

/**
 * The score of each point of a series, from 0 to 1; each uses only the points before it. See {@link anomalyDetector}.
 *
 * @throws CutoverError `COST_SERIES_INVALID` for the first point that is no number, or not after the one before.
 */
export function detect(series: readonly SeriesPoint[]): number[] {
  const detector = anomalyDetector()
  return series.map((point) => detector.score(point))
}
