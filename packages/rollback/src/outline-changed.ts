import { CutoverError, journalCopy, type Outline } from '@cutover/core'

import type { History } from './history.ts'
import type { Run } from './run.ts'

type Line = Outline[number]

/**
 * The outline with which it is run now, against the one that people read when it began: a difference in steps that have not begun
 * wants to be accepted (`amend`), one in steps that have begun is refused.
 *
 * @throws CutoverError `CUTOVER_PLAN_CHANGED` with the difference; nothing is written
 */
export async function acceptOutline(run: Run, outline: Outline | undefined): Promise<void> {
  const { history, journalPlace } = run
  const known = history.outline
  if (outline === undefined || known === undefined || history.decided || history.closed) return
  const differences = differencesOf(known, outline)
  if (differences.length === 0) return
  const begun = differences.filter(({ was }) => was !== undefined && hasBegun(history, was.step))
  const untold = differences.length - mostTold
  const text = [...differences.slice(0, mostTold).map(inLines), ...(untold > 0 ? [`  and ${untold} more`] : [])].join(
    '\n',
  )
  if (begun.length === 0 && history.amended) {
    const { who, why } = history.amended
    await run.append({ t: 'replanned', outline: journalCopy(outline, 'outline'), who, why })
    return
  }
  const done = [...history.steps.values()].filter(({ endedAt }) => endedAt !== undefined).length
  throw new CutoverError(
    'CUTOVER_PLAN_CHANGED',
    `REFUSED: this is not the plan that the journal began with (${done} steps done)\n${text}`,
    {
      next:
        begun.length > 0
          ? `${begun.length === 1 ? 'One of them has' : `${begun.length} of them have`} begun: run the script with which it was begun, or go back.`
          : `None of them has begun, so the change can be accepted: npx --no-install cutover amend ${journalPlace} --who NAME --why TEXT`,
    },
  )
}

interface Difference {
  readonly place: number
  readonly was: Line | undefined
  readonly is: Line | undefined
}

/** A table of more cells than this is not built: what differs is then told in one piece. */
const mostCells = 1_000_000
/** How many differences are told. */
const mostTold = 1_000

/** By place, once what both have in common is matched: the longest common sequence of steps. */
function differencesOf(known: Outline, now: Outline): Difference[] {
  let begin = 0
  while (begin < known.length && begin < now.length && sameAt(known[begin], now[begin])) begin += 1
  let end = 0
  while (end < Math.min(known.length, now.length) - begin && sameAt(known.at(-1 - end), now.at(-1 - end))) end += 1
  const was = known.slice(begin, known.length - end)
  const is = now.slice(begin, now.length - end)
  if ((was.length + 1) * (is.length + 1) > mostCells) return inOnePiece(was, is, begin)
  return differencesBetween(was, is).map((difference) => ({ ...difference, place: difference.place + begin }))
}

function inOnePiece(was: Outline, is: Outline, begin: number): Difference[] {
  return Array.from({ length: Math.max(was.length, is.length) }, (_, i) => ({
    place: begin + i + 1,
    was: was[i],
    is: is[i],
  })).filter((difference) => !sameAt(difference.was, difference.is))
}

function differencesBetween(known: Outline, now: Outline): Difference[] {
  const lengths = table(known, now)
  const differences: Difference[] = []
  let [i, j] = [0, 0]
  while (i < known.length || j < now.length) {
    const [was, is] = [known[i], now[j]]
    if (was && is && same(was, is)) {
      i += 1
      j += 1
    } else if (
      was &&
      is &&
      (lengths[i + 1]?.[j + 1] ?? 0) >= Math.max(lengths[i + 1]?.[j] ?? 0, lengths[i]?.[j + 1] ?? 0)
    ) {
      differences.push({ place: ++i, was, is })
      j += 1
    } else if (was && (!is || (lengths[i + 1]?.[j] ?? 0) >= (lengths[i]?.[j + 1] ?? 0))) {
      differences.push({ place: ++i, was, is: undefined })
    } else {
      differences.push({ place: ++j, was: undefined, is })
    }
  }
  return differences
}

/** `table[i][j]`: how many steps the rest of both, from i and j on, have in common. */
function table(known: Outline, now: Outline): number[][] {
  const lengths = Array.from({ length: known.length + 1 }, () => Array.from({ length: now.length + 1 }, () => 0))
  for (let i = known.length - 1; i >= 0; i -= 1) {
    for (let j = now.length - 1; j >= 0; j -= 1) {
      const [was, is, row] = [known[i], now[j], lengths[i]]
      if (!was || !is || !row) continue
      row[j] = same(was, is) ? 1 + (lengths[i + 1]?.[j + 1] ?? 0) : Math.max(lengths[i + 1]?.[j] ?? 0, row[j + 1] ?? 0)
    }
  }
  return lengths
}

const same = (a: Line, b: Line): boolean => a.step === b.step && a.title === b.title

const sameAt = (a: Line | undefined, b: Line | undefined): boolean => a !== undefined && b !== undefined && same(a, b)

const hasBegun = (history: History, step: string): boolean => history.steps.has(step)

function inLines({ place, was, is }: Difference): string {
  const head = `  step ${String(place).padEnd(3)}`
  if (!was) return `${head} + new: ${is?.title}`
  if (!is) return `${head} - gone: ${was.title}`
  return `${head} - ${was.title}\n${' '.repeat(head.length)} + ${is.title}`
}
