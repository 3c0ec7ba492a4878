import { formatDuration, formatInstant } from '@cutover/core'

import type { History } from '../history.ts'
import type { Journal, JournalEntry } from '../journal.ts'
import { assertBegun, placeOf } from '../nothing-begun.ts'
import { type Report, reportOf } from '../report.ts'
import { JournalEvents } from '../watch/journal-events.ts'
import { besideRows } from './beside-rows.ts'
import { code, table } from './markdown.ts'
import { peopleRows } from './people-rows.ts'
import { questionRows } from './question-rows.ts'
import { stepRows } from './step-rows.ts'
import { timesOf } from './times-of.ts'

/**
 * All that a journal says, as one Markdown page: steps with their times and who had a part in them, what was agreed and what came of
 * it, what people said, questions, alarms and drift, what is left. Takes no lease; also while it runs. Times are UTC.
 *
 * @throws CutoverError `CUTOVER_NOTHING_BEGUN`, `CUTOVER_JOURNAL_BROKEN`
 */
export async function reportMarkdown(journal: Journal): Promise<string> {
  await assertBegun(journal)
  return pageOf(await journal.read(), placeOf(journal))
}

function pageOf(entries: readonly JournalEntry[], location: string): string {
  const events = new JournalEvents(location)
  const times = timesOf(entries.flatMap((entry) => events.take(entry)))
  const { history } = events
  const report = reportOf(history, location)
  return [
    `# Cutover ${report.id}`,
    ...code(report.text),
    ...table(['', ''], summary(report, history, location)),
    ...section('What was agreed', table(['', 'agreed', 'forecast', 'actual'], objectives(report, history))),
    ...section(
      'Steps',
      table(['', 'step', 'result', 'began', 'took', 'undone', 'who'], stepRows(history, report, times)),
    ),
    ...section('What people said', table(['at', 'who', 'said', 'why'], peopleRows(entries, history))),
    ...section('Questions', table(['at', 'step', 'question', 'answer'], questionRows(entries, history))),
    ...section('Alarms and drift', table(['at', 'what', 'state', 'owner', 'why'], besideRows(entries, history))),
    ...section(
      'Left',
      table(
        ['step', 'why'],
        report.residue.map(({ step, why }) => [history.steps.get(step)?.title ?? step, why]),
      ),
    ),
    '',
  ].join('\n')
}

const section = (title: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : ['', `## ${title}`, ...lines]

function summary({ end, startedAt, endedAt }: Report, { windowEndsAt }: History, location: string): string[][] {
  return [
    ['began', formatInstant(startedAt)],
    [end === 'completed' || end.startsWith('rolled-back') ? 'ended' : 'last record', formatInstant(endedAt)],
    ['took', formatDuration(endedAt - startedAt)],
    ...(windowEndsAt === undefined ? [] : [['window until', formatInstant(windowEndsAt)]]),
    ['journal', location],
  ]
}

const duration = (ms: number | undefined): string => (ms === undefined ? '' : formatDuration(ms))
const number = (n: number | undefined): string => (n === undefined ? '' : String(n))

/** Only what somebody agreed, foresaw or measured. Nobody said is not zero. */
function objectives({ rto, rpo, downtime }: Report, { agreed }: History): string[][] {
  const by = agreed === undefined ? '' : `, agreed by ${agreed.agreedBy}`
  const rows = [
    [`time to go back (RTO)${by}`, rto, duration],
    [`accepted writes lost (RPO)${by}`, rpo, number],
    [`downtime${by}`, downtime, duration],
  ] as const
  return rows
    .filter(([, { target, forecast, actual }]) => [target, forecast, actual].some((value) => value !== undefined))
    .map(([name, { target, forecast, actual }, text]) => [name, text(target), text(forecast), text(actual)])
}
