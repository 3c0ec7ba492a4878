import { formatDuration, formatInstant } from '@cutover/core'

import { answerCommand, meaning } from './answer-command.ts'
import type { History } from './history.ts'
import type { Report, ReportedStep } from './report.ts'

/** What a person reads: what happened, how it stands, what to do now, with commands to copy; the code last. Pure. */
export function reportText(report: Omit<Report, 'text'>, history: History, location: string): string {
  return linesOf(report, history, location).join('\n')
}

type Untold = Omit<Report, 'text'>

function linesOf(report: Untold, history: History, location: string): string[] {
  const { steps, end } = report
  const goBack = field('Go back', goingBackText(history, location))
  const because = history.decided === undefined ? '' : `, because of ${history.decided.code}`
  switch (end) {
    case 'completed': {
      const took = formatDuration(report.endedAt - report.startedAt)
      return [
        `COMPLETED in ${took}: ${count(changesOf(report).length, 'change')}, ${count(steps.length, 'step')}`,
        ...skippedLines(history),
        goBack,
      ]
    }
    case 'rolled-back': {
      const [what, ...evidence] = reasonOf(report, history)
      return [
        `ROLLED BACK in ${formatDuration(report.rolledBackInMs ?? 0)}: ${what}`,
        ...evidence.map((text) => `  ${text}`),
        `  ${undoneText(report)}, the source is as found. Nothing is left to do.`,
        field('Again', `run it with a new journal; this one is ${location}`),
        `CUTOVER_ROLLED_BACK${because}`,
      ]
    }
    case 'rolled-back-with-residue': {
      const left = report.residue.length
      return [
        `ROLLED BACK, AND ${left === 1 ? 'ONE THING IS' : `${left} THINGS ARE`} LEFT FOR YOU`,
        ...report.residue.map(({ step, why }) => `  ${placeOf(report, step)}: left as it is (${why})`),
        `  ${undoneText(report)}; these are as found.`,
        field('Why', reasonOf(report, history).join(': ')),
        field('Journal', location),
        `CUTOVER_ROLLED_BACK_WITH_RESIDUE${because}`,
      ]
    }
    case 'parked':
      return report.questions.flatMap((question) => parkedLines(question, report, history, location))
    case 'waiting': {
      const { title = '', until = 0 } = history.waiting ?? {}
      return [
        `WAITING until ${formatInstant(until)}: ${title}`,
        field('Go on', `run it again then; its journal is ${location}`),
        goBack,
      ]
    }
    case 'interrupted': {
      if (history.decided) {
        return [
          `INTERRUPTED while going back, ${undoneText(report)}: ${report.because}`,
          field('Go on', `run it again: it goes on going back; its journal is ${location}`),
        ]
      }
      const at = steps.find((step) => step.end === 'begun' || step.end === 'in-doubt')
      const where = at === undefined ? `after ${count(steps.length, 'step')}` : `at step ${at.number}, ${at.title}`
      return [
        `INTERRUPTED ${where}; nothing was undone`,
        field('Go on', `run it again; its journal is ${location}`),
        goBack,
      ]
    }
  }
}

function parkedLines(
  { step, number, code, question, look, answers }: Report['questions'][number],
  report: Untold,
  history: History,
  location: string,
): string[] {
  const title = report.steps.find((candidate) => candidate.step === step)?.title ?? step
  // Without an outline nobody knows how many are ahead.
  const total = history.outline && Math.max(report.steps.length, history.outline.length)
  return [
    number === 0
      ? 'PARKED beside the steps'
      : `PARKED at step ${number}${total === undefined ? '' : ` of ${total}`}: ${title}`,
    `  ${question.startsWith(`${title}: `) ? question.slice(title.length + 2) : question}`,
    field('State', stateText(report, history)),
    ...look.map((command) => field('Look', command)),
    ...answers.map(({ answer, means }) =>
      field('Answer', `${answerCommand(location, number || step, answer)} ${meaning(location, means)}`),
    ),
    '  then run it again',
    code,
  ]
}

const field = (name: string, text: string): string => `  ${name.padEnd(8)} ${text}`

/** What nobody has validated stays visible. */
const skippedLines = (history: History): string[] =>
  [...history.steps.values()].flatMap(({ number, title, skipped }) =>
    skipped ? [field('Skipped', `step ${number}, ${title}, by ${skipped.who}: ${skipped.why}`)] : [],
  )

const count = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? '' : 's'}`

const placeOf = (report: Untold, step: string): string => {
  const found = report.steps.find((candidate) => candidate.step === step)
  return found === undefined ? step : `Step ${found.number}, ${found.title}`
}

const changesOf = ({ steps }: Untold): ReportedStep[] =>
  steps.filter(({ kind, end }) => kind === 'change' && end !== 'already')

function undoneText(report: Untold): string {
  const changes = changesOf(report)
  const undone = changes.filter(({ end }) => end === 'undone' || end === 'never-happened' || end === 'undone-by-hand')
  return `${undone.length} of ${changes.length} undone`
}

/** Which step failed and when, then what it said; or, when it was no step, just why. */
function reasonOf(report: Untold, { decided }: History): string[] {
  const { why = '', at = 0 } = decided ?? {}
  const failed = report.steps.find(({ title, end }) => end !== 'pass' && why.startsWith(`${title}: `))
  if (failed === undefined) return [why]
  const time = formatInstant(at).slice(11, 19)
  return [`step ${failed.number}, ${failed.title}, failed ${time}`, why.slice(failed.title.length + 2)]
}

/** What is true while it waits for an answer, and what going back would take, as far as the steps estimate it. */
function stateText(report: Untold, history: History): string {
  if (history.decided)
    return `going back since ${formatInstant(history.decided.at).slice(11, 19)}, ${undoneText(report)}`
  const steps = history.toUndo()
  if (history.noReturn !== undefined) return goingBackText(history, '')
  if (steps.length === 0) return 'nothing is applied, nothing is to be undone'
  const are = steps.length === 1 ? 'is' : 'are'
  return `${count(steps.length, 'change')} ${are} applied; ${backText(history)}`
}

function backText(history: History): string {
  const estimates = history.toUndo().map(({ revertMs }) => revertMs)
  const unknown = estimates.filter((ms) => ms === undefined).length
  const sum = formatDuration(estimates.reduce<number>((total, ms) => total + (ms ?? 0), 0))
  if (unknown === 0) return `going back takes ${sum}`
  return unknown === estimates.length
    ? 'how long going back takes, nobody can estimate'
    : `going back takes ${sum}, and ${count(unknown, 'step')} that nobody can estimate`
}

function goingBackText(history: History, location: string): string {
  if (history.noReturn !== undefined) return `nothing is undone since the point of no return: ${history.noReturn}`
  return `run it with rollBack: true; its journal is ${location}`
}
