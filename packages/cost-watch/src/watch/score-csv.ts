import { type AnomalyDetector, anomalyDetector } from './detect.ts'

export interface CsvScorer {
  /** The line that answers this one, `timestamp,value,score`; `undefined` where it was empty. */
  line(text: string): string | undefined
}

/**
 * Scores a CSV file line by line, each from the lines before it. A first line without a number names the columns; else the first two
 * are timestamp and value. Timestamps are ISO 8601 (UTC where they name no zone), or epoch seconds or milliseconds.
 *
 * What cannot be scored is told to `onProblem` with its line number, and its score stays empty: a value that is no finite number is no
 * zero. A timestamp that is not after the one before is told, too, and the point scored as if it came right after it.
 */
export function csvScorer(onProblem: (problem: string) => void): CsvScorer {
  const detector: AnomalyDetector = anomalyDetector()
  let [number, timeColumn, valueColumn, last] = [0, 0, 1, -Infinity]
  let begun = false
  return {
    line(text) {
      number += 1
      const line = text.replace(/^\u{FEFF}/u, '').trim()
      if (line === '') return undefined
      const cells = line.split(',').map((cell) => cell.trim().replace(/^"(.*)"$/, '$1'))
      if (!begun) {
        begun = true
        if (cells.every((cell) => Number.isNaN(Number(cell)) && Number.isNaN(instant(cell)))) {
          const names = cells.map((cell) => cell.toLowerCase())
          timeColumn = Math.max(
            0,
            names.findIndex((name) => /^(timestamp|time|date|at)$/.test(name)),
          )
          const named = names.findIndex((name) => /^(value|spend|cost|amount)$/.test(name))
          valueColumn = named >= 0 ? named : timeColumn + 1
          return 'timestamp,value,score'
        }
      }
      const [time = '', value = ''] = [cells[timeColumn], cells[valueColumn]]
      const at = instant(time)
      const amount = value === '' ? Number.NaN : Number(value)
      const answer = (score: string): string => `${time},${value},${score}`
      if (!Number.isFinite(at)) {
        onProblem(`line ${number}: timestamp is ${JSON.stringify(time)}; wanted ISO 8601 or epoch seconds; not scored`)
        return answer('')
      }
      if (!Number.isFinite(amount)) {
        onProblem(`line ${number}: value is ${JSON.stringify(value)}; wanted a finite number; not scored`)
        return answer('')
      }
      if (at <= last) onProblem(`line ${number}: ${time} is not after the line before; scored as if right after it`)
      last = Math.max(at, last + 1)
      return answer(detector.score({ at: last, value: amount }).toFixed(6))
    },
  }
}

/** Epoch milliseconds; `NaN` for what is no time. */
function instant(text: string): number {
  if (/^-?\d+(\.\d+)?$/.test(text)) {
    const number = Number(text)
    return Math.abs(number) < 1e11 ? number * 1_000 : number
  }
  const match = /^(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d)(:\d\d(?:\.\d+)?)?)?\s*(Z|[+-]\d\d:?\d\d)?$/i.exec(text)
  if (!match) return Number.NaN
  const [, date, time = '00:00', seconds = ':00', zone = 'Z'] = match
  // oxlint-disable-next-line no-restricted-globals -- reads a text, no clock
  return Date.parse(`${date}T${time}${seconds}${zone.toUpperCase()}`)
}
