import type { JournalEntry } from '../journal.ts'
import { backNow } from './back-now.ts'
import type { Reading, Told } from './told.ts'

type OfStep = Extract<
  JournalEntry,
  {
    t:
      | 'intent'
      | 'outcome'
      | 'settled'
      | 'check'
      | 'value'
      | 'undoing'
      | 'reverted'
      | 'undone'
      | 'parked'
      | 'asking'
      | 'drifted'
      | 'waiting'
  }
>

/** The events of a record that belongs to one step. */
export function byStep(entry: OfStep, reading: Reading): Told[] {
  const { history, known, since } = reading
  const { step: name } = entry
  const step = reading.step ?? { title: name, number: 0, beganAt: since, revertMs: undefined }
  const { title, number } = step
  const estimateMs = history.outline?.find((line) => line.step === name)?.estimateMs
  const started = (withinMs?: number): Told => ({
    kind: 'step-started',
    step: name,
    title,
    estimateMs,
    withinMs,
    at: since,
    text: `${title} …`,
  })
  const begin = known ? [] : [started()]
  const waits = (why: string, until?: number): Told => ({
    kind: 'waiting',
    step: name,
    why,
    until,
    text: `${title}: ${why}`,
  })
  const done = (how: 'done' | 'already', from: number): Told[] => [
    { kind: 'step-done', step: name, title, tookMs: entry.at - from, how, text: `${title}: done` },
    backNow(history),
  ]
  switch (entry.t) {
    case 'intent':
      return entry.attempt === 1 ? [{ ...started(), at: entry.at }] : [waits(`sent again, try ${entry.attempt}`)]
    case 'outcome':
      if (entry.settles) return [...begin, waits('it is applied; waits until that is felt')]
      return [...begin, ...done(entry.how === 'already' ? 'already' : 'done', known?.beganAt ?? since)]
    case 'settled':
      return done(reading.step?.outcome?.how === 'already' ? 'already' : 'done', known?.beganAt ?? since)
    case 'value':
      return [...begin, ...done('done', known?.beganAt ?? since).slice(0, 1)]
    case 'check': {
      const { status, text } = entry
      const said = entry.skipped ? `${title}: ${text}` : `${title}: ${status}: ${text}`
      return [...begin, { kind: 'check-answered', step: name, title, status, final: true, text: said }]
    }
    case 'asking': {
      const { expiresAt, from, quorum = 1 } = entry
      const asks: Told = {
        kind: 'approval',
        step: name,
        title,
        number,
        from,
        quorum,
        given: [],
        expiresAt,
        text: `${title} 0 of ${quorum} approved${from === undefined ? '' : `, of ${from.join(', ')}`}`,
      }
      return [{ ...started(expiresAt === undefined ? undefined : expiresAt - entry.at), at: entry.at }, asks]
    }
    case 'waiting':
      return [...begin, waits(entry.title, entry.until)]
    case 'parked': {
      const { code, question, look, answers } = entry
      const asked = { code, question, look, answers, ...(number > 0 && { number }) }
      return [{ kind: 'parked', step: name, ...asked, text: `PARKED: ${question}` }]
    }
    case 'undoing':
      if (known?.undoingAt !== undefined) return [waits('undone once more')]
      return [{ kind: 'step-undoing', step: name, title, estimateMs: step.revertMs, text: `undoing: ${title} …` }]
    case 'reverted':
      return reading.step?.settled ? [waits('it is undone; waits until that is felt')] : []
    case 'undone': {
      const tookMs = entry.at - (known?.undoingAt ?? since)
      const how = entry.how === 'never-happened' ? 'it had not happened' : 'undone'
      return [{ kind: 'step-undone', step: name, title, tookMs, text: `${how}: ${title}` }]
    }
    case 'drifted': {
      const { is, found, by } = entry
      if (is === 'applied') {
        const text = `step ${number}, ${title}: it is as it was left again`
        return [{ kind: 'note', code: 'CUTOVER_DRIFT_OVER', step: name, data: {}, text }]
      }
      const who = by === undefined ? '' : `, by ${by.who}`
      const seen = is === 'absent' ? 'it is as it was before' : JSON.stringify(found)
      const text = `step ${number}, ${title}: it is not so any more${who}: ${seen}`
      return [{ kind: 'drift', step: name, title, is, found, by, text }]
    }
  }
}
