// Series with known anomalies, of many kinds, for judging a detector that knows none of them in advance.
import { type Random, seededRandom } from '../../src/testing/random.ts'

export interface Labelled {
  readonly name: string
  readonly points: readonly { readonly at: number; readonly value: number }[]
  /** Epoch milliseconds, both included, in which something is wrong. */
  readonly anomalies: readonly { readonly kind: string; readonly from: number; readonly to: number }[]
}

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour
const kinds = ['spike', 'dip', 'shift', 'temporary', 'noisy', 'flat', 'moved', 'trend', 'zero'] as const

/** One of twelve kinds of series, with one to three anomalies after the first fifth. */
export function labelled(seed: number): Labelled {
  const random = seededRandom(seed)
  const pick = <T>(of: readonly T[]): T => of[Math.floor(random.next() * of.length)] as T
  const family = pick(Object.keys(families)) as keyof typeof families
  const step = pick([5 * minute, 5 * minute, 15 * minute, 30 * minute, hour, ...(family === 'season' ? [day] : [])])
  const count = step === day ? 500 : step >= 30 * minute ? 2_500 : 4_000
  const startAt = Date.UTC(2026, 0, 1 + Math.floor(random.between(0, 28)), Math.floor(random.between(0, 24)))
  const make = families[family](random, step)
  const clean = Array.from({ length: count }, (_, i) => make(startAt + i * step, i))
  const spread = deviation(clean)
  const local = deviation(clean.slice(1).map((value, i) => value - (clean[i] ?? 0))) / Math.SQRT2
  const dirty = [...clean]
  const number = 1 + Math.floor(random.next() * 3)
  const width = Math.floor((0.1 * count) / number)
  const anomalies = Array.from({ length: number }, (_, i) => {
    const room = (0.78 * count) / number
    const onset = Math.floor(0.2 * count + room * (i + random.between(0.1, 0.7)))
    const kind = pick(kinds)
    const size = random.between(1.2, 3)
    const sign = random.next() < 0.6 ? 1 : -1
    const length = {
      spike: 1 + Math.floor(random.next() * 3),
      dip: 1 + Math.floor(random.next() * 3),
      shift: count - onset,
      temporary: Math.floor(width * random.between(0.3, 0.9)),
      noisy: Math.floor(width * random.between(0.3, 0.9)),
      flat: Math.floor(width * random.between(0.4, 0.9)),
      moved: Math.floor(width * random.between(0.6, 0.9)),
      trend: width,
      zero: Math.floor(width * random.between(0.1, 0.6)),
    }[kind]
    const offset = Math.floor((day / step) * random.between(0.2, 0.5)) || 3
    for (let j = onset; j < Math.min(count, onset + length); j++) {
      const value = clean[j] ?? 0
      if (kind === 'spike') dirty[j] = value + size * (2 * spread + 3 * local)
      if (kind === 'dip') dirty[j] = value - size * (2 * spread + 3 * local)
      if (kind === 'shift' || kind === 'temporary') dirty[j] = (dirty[j] ?? 0) + sign * size * (spread + local)
      if (kind === 'noisy')
        dirty[j] = value + size * 2 * local * random.normal() + size * 0.3 * spread * random.normal()
      if (kind === 'flat') dirty[j] = clean[onset] ?? 0
      if (kind === 'moved') dirty[j] = clean[Math.max(0, j - offset)] ?? 0
      if (kind === 'trend') dirty[j] = value + (sign * size * spread * 2 * (j - onset)) / length
      if (kind === 'zero') dirty[j] = Math.min(...clean.slice(0, 50)) - (spread > 0 ? 0.5 * spread : 1)
    }
    const before = Math.floor(width * 0.1)
    return {
      kind,
      from: startAt + (onset - before) * step,
      to: startAt + Math.min(count - 1, onset - before + width) * step,
    }
  })
  const ragged = random.next() < 0.3
  const gap = ragged ? Math.floor(random.between(0.2, 0.9) * count) : -1
  const points = dirty.flatMap((value, i) => {
    if (ragged && (random.next() < 0.03 || (i >= gap && i < gap + 30))) return []
    const jitter = ragged ? Math.floor((random.next() - 0.5) * 0.2 * step) : 0
    return [{ at: startAt + i * step + jitter, value }]
  })
  return { name: `${seed} ${family} ${step / minute} min`, points, anomalies }
}

type Make = (random: Random, step: number) => (at: number, index: number) => number

/** Noise that lasts. */
function lasting(random: Random, size: number, kept: number): () => number {
  let value = size * random.normal()
  return () => (value = kept * value + size * Math.sqrt(1 - kept * kept) * random.normal())
}

const families = {
  season: (random, step) => {
    const [amplitude, weekend, peak] = [random.between(0.2, 1), random.between(0.3, 1.1), random.between(0, 24)]
    const noise = lasting(random, random.between(0.03, 0.15), random.between(0, 0.95))
    return (at) => {
      const daily = step < day ? amplitude * Math.cos(((at % day) / hour - peak) * (Math.PI / 12)) : 0
      return 500 * Math.exp(daily + ((Math.floor(at / day) + 3) % 7 > 4 ? Math.log(weekend) : 0) + noise())
    }
  },
  flat: (random) => {
    const noise = lasting(random, random.between(1, 6), random.between(0, 0.8))
    return () => 50 + noise()
  },
  jobs: (random, step) => {
    const every = pickPeriod(random, step)
    const [long, high] = [Math.max(1, Math.floor(every * random.between(0.02, 0.2))), random.between(20, 80)]
    let late = 0
    return (_, i) => {
      if (i % every === 0) late = Math.floor(random.next() * 2)
      const running = (i - late + every) % every < long
      return 5 + 0.7 * random.normal() + (running ? high * (1 + 0.1 * random.normal()) : 0)
    }
  },
  counts: (random) => {
    const mean = random.between(0.3, 8)
    return () => (random.next() < 0.005 ? poisson(random, mean * 3) : poisson(random, mean))
  },
  walk: (random) => {
    let value = 100
    let turbulent = 1
    return () => {
      turbulent = Math.exp(0.98 * Math.log(turbulent) + 0.06 * random.normal())
      value += 0.15 * turbulent * random.normal()
      return value
    }
  },
  square: (random, step) => {
    const every = pickPeriod(random, step)
    const part = random.between(0.2, 0.7)
    return (_, i) => ((i % every) / every < part ? 70 : 30) + 2 * random.normal()
  },
  quantized: (random) => {
    const noise = lasting(random, 0.6, random.between(0.3, 0.9))
    return () => Math.round(20 + noise())
  },
  heavy: (random) => {
    const noise = lasting(random, random.between(0.2, 0.5), random.between(0, 0.6))
    return () => 40 * Math.exp(noise() + (random.next() < 0.01 ? random.between(0.5, 1.5) : 0))
  },
  sawtooth: (random, step) => {
    const every = pickPeriod(random, step)
    let phase = 0
    return () => {
      phase += 1 / (every * (1 + 0.05 * random.normal()))
      if (phase >= 1) phase = 0
      return 20 + 60 * phase + 1.5 * random.normal()
    }
  },
  // Work that comes when it comes, as most machines have it.
  bursts: (random) => {
    const [seldom, high, kept] = [random.between(20, 300), random.between(5, 60), random.between(0.3, 0.95)]
    const noise = lasting(random, random.between(0.2, 1), 0.3)
    let burst = 0
    return () => {
      if (random.next() < 1 / seldom) burst += high * Math.exp(0.5 * random.normal())
      burst *= kept
      return 10 + noise() + burst
    }
  },
  // Nothing most of the time.
  sparse: (random) => {
    const [seldom, size] = [random.between(10, 150), random.between(1, 100)]
    return () => (random.next() < 1 / seldom ? size * Math.exp(0.7 * random.normal()) : 0)
  },
  // States of which each lasts as long as it lasts.
  states: (random) => {
    const levels = [0, random.between(10, 30), random.between(40, 90)]
    const stays = random.between(20, 200)
    let level = levels[0] ?? 0
    return () => {
      if (random.next() < 1 / stays) level = levels[Math.floor(random.next() * 3)] ?? 0
      return 5 + level + random.normal()
    }
  },
} as const satisfies Record<string, Make>

function pickPeriod(random: Random, step: number): number {
  const longest = Math.min(400, Math.max(12, day / step))
  return Math.floor(random.between(10, longest))
}

function poisson(random: Random, mean: number): number {
  const limit = Math.exp(-mean)
  let product = random.next()
  let number = 0
  for (; product > limit; product *= random.next()) number += 1
  return number
}

function deviation(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length)
}
