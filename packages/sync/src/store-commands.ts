/** How a person copies objects without this engine, for a POSIX shell: exact commands, which ask for a login of their own. */
export interface StoreCommands {
  /** Copies all objects of the store into a directory. */
  copyOut(directory: string): string
  /** Copies a directory's files into the store, over what is there; removes nothing. */
  copyIn(directory: string): string
  readonly look: string
}

/** One word of a command, whatever stands in it. */
export const shellWord = (text: string): string =>
  /^[\w./:@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`
