import type { Link } from './link.ts'
import type { ObjectStore } from './object-store.ts'

/** What reading and writing both stores needs; of a store that does not say, that it does not. */
export function linkPermissions({ from, to }: Link): readonly string[] {
  return [from, to].flatMap(({ id, permissions }) => permissions ?? [`list, read, write and delete objects of ${id}`])
}

/** Brings what is at the target to the source, by way of a directory of this machine: no command copies from one cloud to the other. */
export function commandsBack({ id, from, to }: Link): readonly string[] {
  const directory = `by-hand/${id.replace(/[^\w.-]/g, '_')}`
  if (!from.byHand || !to.byHand) return [inWords(to, from)]
  return [to.byHand.copyOut(directory), from.byHand.copyIn(directory)]
}

export const inWords = (from: ObjectStore, to: ObjectStore): string => `Copy every object of ${from.id} to ${to.id}.`
