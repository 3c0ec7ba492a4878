import { CutoverError } from '@cutover/core'

export const usage = `Usage
  npx --no-install cutover status JOURNAL
      What the journal says: every step, how it stands, what to do now. Also while it runs.
  npx --no-install cutover answer JOURNAL STEP ANSWER --who NAME --why TEXT
      Answers the question at which it is parked. STEP is its number or its name; the first answer wins.
      ANSWER is one of those that the question lists: again, happened, did-not, take-theirs, pass,
      done-by-hand, leave, roll-back. Then run it again.
  npx --no-install cutover --help

To go on, run your script again; to go back, run it with rollBack: true.
`

export interface AnswerCommand {
  readonly name: 'answer'
  readonly journal: string
  readonly step: string
  readonly answer: string
  readonly who: string
  readonly why: string
}

export type Command = { readonly name: 'help' } | { readonly name: 'status'; readonly journal: string } | AnswerCommand

/** @throws CutoverError `CUTOVER_USAGE` for what is not understood. */
export function commandOf(
  [name, ...rest]: readonly string[],
  { who, why }: { readonly who?: string | undefined; readonly why?: string | undefined },
): Command {
  if (name === undefined) throw notUnderstood('which command?')
  if (name === 'status') {
    const [journal, ...more] = rest
    if (journal === undefined || more.length > 0) throw notUnderstood('status takes JOURNAL')
    if (who !== undefined || why !== undefined) throw notUnderstood('status takes neither --who nor --why')
    return { name, journal }
  }
  if (name === 'answer') {
    const [journal, step, answer, ...more] = rest
    if (journal === undefined || step === undefined || answer === undefined || more.length > 0)
      throw notUnderstood('answer takes JOURNAL STEP ANSWER')
    if (who === undefined || why === undefined) throw notUnderstood('answer needs --who NAME and --why TEXT')
    return { name, journal, step, answer, who, why }
  }
  throw notUnderstood(`there is no command ${JSON.stringify(name)}`)
}

const notUnderstood = (what: string): CutoverError => new CutoverError('CUTOVER_USAGE', what)
