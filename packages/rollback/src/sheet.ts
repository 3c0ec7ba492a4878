import { type ChangeSpec, formatInstant } from '@cutover/core'

import type { History, StepHistory } from './history.ts'
import type { Constructed } from './run.ts'

/** Takes the sheet of what a person types to undo by hand; `fileSheet(path)` writes it to a file. */
export type Sheet = (markdown: string) => void | Promise<void>

/**
 * One page with which everything that is applied now can be undone by hand, newest first: for the night on which neither this
 * engine nor its network works. Pure; it holds no secret, since no `before` does.
 */
export function undoSheet(history: History, constructed: ReadonlyMap<string, Constructed>, journal: string): string {
  const steps = history.noReturn === undefined ? history.toUndo() : []
  const head = [
    `# Undo ${history.id ?? ''} by hand`,
    '',
    `As of ${formatInstant(history.lastAt)}, journal ${journal}. ${steps.length === 0 ? 'Nothing is applied.' : `${steps.length} to undo, in this order: do one, look, then do the next.`}`,
    'First make sure that no process runs this cutover any more. Do not run it again afterwards before you have answered its questions.',
  ]
  if (history.noReturn !== undefined)
    head.push('', `Nothing is undone since the point of no return: ${history.noReturn}`)
  return (
    [...head, ...steps.flatMap((step, place) => section(step, place + 1, constructed.get(step.step)))].join('\n') + '\n'
  )
}

function section(step: StepHistory, place: number, constructed: Constructed | undefined): string[] {
  const { number, title, before, subject } = step
  const hand = constructed && byHand(constructed, before)
  return [
    '',
    `## ${place}. ${title}`,
    '',
    `Step ${number}, ${subject}: ${standing(step)}.`,
    ...(hand ? block(hand.revert) : ['', 'No commands are known: see the journal for what was there before.']),
    ...(hand && hand.look.length > 0 ? ['', 'Look:', ...block(hand.look)] : []),
    ...(hand?.traps && hand.traps.length > 0 ? ['', ...hand.traps.map((trap) => `- Beware: ${trap}`)] : []),
  ]
}

/** One step of which no commands can be made must not cost the others theirs. */
function byHand({ change }: Constructed, before: unknown): ReturnType<NonNullable<ChangeSpec['byHand']>> | undefined {
  try {
    return change.byHand?.(before)
  } catch {
    return undefined
  }
}

function standing({ outcome, undoingAt, attempt }: StepHistory): string {
  if (undoingAt !== undefined) return 'it may be undone already: look first'
  return outcome ? 'it is applied' : `it may be applied or not (attempt ${attempt}): look first`
}

/** Commands between fences; what is a sentence stays one. */
const block = (lines: readonly string[]): string[] => [
  '',
  '```sh',
  ...lines.map((line) => (isCommand(line) ? line : `# ${line}`)),
  '```',
]

const isCommand = (line: string): boolean => /^[a-z][\w.-]*\s/.test(line)
