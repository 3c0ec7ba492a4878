/** A sentence below the steps. */
export interface Note {
  readonly code: string
  readonly text: string
}

/** Of what is said again and again, only the last counts. */
const repeated: ReadonlySet<string> = new Set(['CUTOVER_LATEST_ABORT', 'CUTOVER_RUNNER', 'CUTOVER_QUIET'])

export function noted({ notes }: { readonly notes: readonly Note[] }, code: string, text: string): readonly Note[] {
  const others = repeated.has(code) ? notes.filter((note) => note.code !== code) : notes
  return [...others, { code, text }]
}

/** Nobody runs it any more. */
export const withoutRunner = ({ notes }: { readonly notes: readonly Note[] }): readonly Note[] =>
  withoutQuiet({ notes: notes.filter(({ code }) => code !== 'CUTOVER_RUNNER') })

/** Something was recorded: it is not quiet any more. */
export const withoutQuiet = ({ notes }: { readonly notes: readonly Note[] }): readonly Note[] =>
  notes.some(({ code }) => code === 'CUTOVER_QUIET') ? notes.filter(({ code }) => code !== 'CUTOVER_QUIET') : notes
