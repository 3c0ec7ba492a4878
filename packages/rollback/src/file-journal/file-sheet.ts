import { rename, writeFile } from 'node:fs/promises'

import type { Sheet } from '../sheet.ts'

/** Writes the sheet to a file, whole or not at all. */
export function fileSheet(path: string): Sheet {
  return async (markdown) => {
    const fresh = `${path}.new`
    await writeFile(fresh, markdown)
    await rename(fresh, path)
  }
}
