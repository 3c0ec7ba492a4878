import { CutoverError } from '@cutover/core'

export const usage = `Usage
  npx --no-install cutover status JOURNAL
      What the journal says: every step, how it stands, what to do now. Also while it runs.
  npx --no-install cutover watch JOURNAL
      The screen of the run, from any other process, until the cutover has ended. Ctrl-C ends the watching only.
  npx --no-install cutover report JOURNAL
      All that happened, as Markdown: steps, people, questions, alarms, what was agreed and what came of it.
  npx --no-install cutover answer JOURNAL STEP ANSWER --who NAME --why TEXT
      Answers a question. STEP is its number or its name; the first answer wins. Where people are asked to
      approve: approve, decline. Where it is parked: one of those that the question lists (again, happened,
      did-not, take-theirs, pass, accept, done-by-hand, leave, roll-back); then run it again.
  npx --no-install cutover pause JOURNAL --who NAME --why TEXT
      Stops before the next step. Guards stay awake.
  npx --no-install cutover resume JOURNAL --who NAME --why TEXT
      Goes on after a pause.
  npx --no-install cutover skip JOURNAL STEP --who NAME --why TEXT
      Counts a check as passed that has not passed. It stays visible as skipped.
  npx --no-install cutover roll-back JOURNAL --who NAME --why TEXT
      Goes back.
  npx --no-install cutover amend JOURNAL --who NAME --why TEXT
      Accepts another plan for the steps that have not begun, the next time it is run.
  npx --no-install cutover --help

Each that changes something shows first what it will do and how long that takes, and asks; --yes goes ahead without
asking. Exit code 0: done; 1: refused, with the reason; 2: not understood.
To go on, run your script again. JOURNAL is the file of fileJournal() or of sqliteJournal().
`

interface Signed {
  readonly journal: string
  readonly who: string
  readonly why: string
  /** Without asking. */
  readonly yes: boolean
}

interface Look {
  readonly name: 'status' | 'watch' | 'report'
  readonly journal: string
}

export type Request =
  | ({ readonly name: 'pause' | 'resume' | 'roll-back' | 'amend' } & Signed)
  | ({ readonly name: 'skip'; readonly step: string } & Signed)
  | ({ readonly name: 'answer'; readonly step: string; readonly answer: string } & Signed)

export type Command = { readonly name: 'help' } | Look | Request

interface Values {
  readonly who?: string | undefined
  readonly why?: string | undefined
  readonly yes?: boolean | undefined
}

/** @throws CutoverError `CUTOVER_USAGE` for what is not understood. */
export function commandOf([name, ...rest]: readonly string[], values: Values): Command {
  switch (name) {
    case undefined:
      throw notUnderstood('which command?')
    case 'status':
    case 'watch':
    case 'report': {
      const [journal] = exactly(name, rest, ['JOURNAL'])
      if (values.who !== undefined || values.why !== undefined || values.yes)
        throw notUnderstood(`${name} takes neither --who nor --why nor --yes: it changes nothing`)
      return { name, journal }
    }
    case 'pause':
    case 'resume':
    case 'roll-back':
    case 'amend': {
      const [journal] = exactly(name, rest, ['JOURNAL'])
      return { name, journal, ...signed(name, values) }
    }
    case 'skip': {
      const [journal, step] = exactly(name, rest, ['JOURNAL', 'STEP'])
      return { name, journal, step, ...signed(name, values) }
    }
    case 'answer': {
      const [journal, step, answer] = exactly(name, rest, ['JOURNAL', 'STEP', 'ANSWER'])
      return { name, journal, step, answer, ...signed(name, values) }
    }
    default:
      throw notUnderstood(`there is no command ${JSON.stringify(name)}`)
  }
}

function exactly<const Names extends readonly string[]>(
  command: string,
  given: readonly string[],
  wanted: Names,
): { readonly [At in keyof Names]: string } {
  if (given.length !== wanted.length) throw notUnderstood(`${command} takes ${wanted.join(' ')}`)
  return given as { readonly [At in keyof Names]: string }
}

function signed(command: string, { who = '', why = '', yes = false }: Values): Omit<Signed, 'journal'> {
  if (who.trim() === '' || why.trim() === '') throw notUnderstood(`${command} needs --who NAME and --why TEXT`)
  return { who, why, yes }
}

const notUnderstood = (what: string): CutoverError => new CutoverError('CUTOVER_USAGE', what)
