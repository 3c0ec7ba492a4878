import { type Context, isCutoverError } from '@cutover/core'

import { mayBeLate } from './late-writes.ts'
import { isOurs, readMark } from './link-mark.ts'
import { linkPass, type PassReport } from './link-pass.ts'
import type { Link } from './link.ts'

/** Follows until it is disposed of: in the direction that the mark says, from what the ledger knows. */
export function follower(link: Link, context: Context): AsyncDisposable {
  // What a predecessor has sent.
  mayBeLate(link, context.clock)
  const stop = new AbortController()
  const signal = AbortSignal.any([context.signal, stop.signal])
  const loop = run(link, { ...context, signal })
  return {
    async [Symbol.asyncDispose]() {
      stop.abort()
      await loop
    },
  }
}

async function run(link: Link, context: Context): Promise<void> {
  const { clock, signal } = context
  const told = new Set<string>()
  while (!signal.aborted) {
    try {
      const mark = await readMark(link, { signal })
      if (mark && isOurs(link, mark)) tell(link, await linkPass(link, mark.authority, context), context, told)
    } catch (error) {
      // A successor follows now.
      if (isCutoverError(error, 'CUTOVER_FENCED')) return
      if (!signal.aborted && !isCutoverError(error, 'SYNC_TURNED')) tellFailure(link, undefined, error, context, told)
    }
    try {
      await clock.sleep(link.everyMs, { signal })
    } catch (error) {
      // Waking, too, it may be told that a successor has taken over.
      if (signal.aborted || isCutoverError(error, 'CUTOVER_FENCED')) return
      throw error
    }
  }
}

function tell(link: Link, report: PassReport, context: Context, told: Set<string>): void {
  const { counts, objects, conflicts, failures } = report
  const done = counts.copied + counts.removed + counts.recorded
  if (done > 0) {
    context.report({
      kind: 'progress',
      done: counts['in-step'] + done,
      total: objects + counts.removed,
      unit: 'objects',
    })
  }
  for (const { key, error } of failures) tellFailure(link, key, error, context, told)
  if (conflicts.length === 0) return void told.delete('conflict')
  if (told.has('conflict')) return
  told.add('conflict')
  context.report({
    kind: 'note',
    code: 'SYNC_CONFLICT',
    data: { keys: conflicts, count: counts.conflict },
    text: `${link.id}: ${counts.conflict} written at both sides, left alone: ${conflicts.join(', ')}`,
  })
}

/** The same failure is told once. */
function tellFailure(
  link: Link,
  key: string | undefined,
  error: unknown,
  { report }: Context,
  told: Set<string>,
): void {
  const why = error instanceof Error ? error.message : String(error)
  const text = key === undefined ? `${link.id}: ${why}` : `${link.id}: ${key}: ${why}`
  if (told.has(text) || told.size > 1_000) return
  told.add(text)
  report({
    kind: 'note',
    code: isCutoverError(error) ? error.code : 'SYNC_UNAVAILABLE',
    data: { key },
    text,
  })
}
