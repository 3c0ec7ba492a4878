import { CutoverError } from './cutover-error.ts'

/**
 * Refuses options that there are not: one that is misspelt must not be passed over. `where` says whose they are.
 *
 * Only plain objects are looked at, since whatever else fits, as a fake world does, brings properties of its own.
 */
export function knownOptions(options: unknown, known: readonly string[], code: string, where: string): void {
  if (typeof options !== 'object' || options === null)
    throw new CutoverError(code, `${where} was given ${String(options)}; wanted options: ${known.join(', ')}`)
  const prototype: unknown = Object.getPrototypeOf(options)
  if (prototype !== Object.prototype && prototype !== null) return
  for (const name in options) {
    if (known.includes(name)) continue
    const meant = known.find((candidate) => candidate.toLowerCase() === name.toLowerCase())
    throw new CutoverError(code, `${where}: there is no option ${name}; wanted one of ${known.join(', ')}`, {
      next: meant && `Write: ${meant}`,
    })
  }
}
