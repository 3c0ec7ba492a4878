import { type Context, CutoverError } from '@cutover/core'

import { isClean, linkPass, type PassReport } from './link-pass.ts'
import type { Link } from './link.ts'

/** As often as that everything may be found changed again before it is called changing. */
const mostPasses = 10

/**
 * Brings everything that was written, or deleted, at the target back to the source, until a whole pass finds nothing left to do.
 * Nobody may write at the target any more.
 *
 * @throws CutoverError `SYNC_DIVERGED` when the source was written too: which of the two is right, nobody here knows;
 * `SYNC_STILL_CHANGING` (retryable) when it does not come to an end; what a store refused with.
 */
export async function takeBack(link: Link, context: Context): Promise<void> {
  for (let pass = 1; pass <= mostPasses; pass++) {
    const report = await linkPass(link, 'to', context)
    refuse(link, report)
    if (isClean(report)) return
    const { objects, counts } = report
    context.report({ kind: 'progress', done: objects - counts['moved-on'], total: objects, unit: 'objects' })
  }
  throw new CutoverError('SYNC_STILL_CHANGING', `${link.to.id} still changes after ${mostPasses} passes`, {
    retryable: true,
    next: 'Stop what still writes at the target, then go on.',
  })
}

function refuse(link: Link, { counts, conflicts, failures }: PassReport): void {
  if (counts.conflict > 0) {
    throw new CutoverError(
      'SYNC_DIVERGED',
      `${link.id}: ${counts.conflict} written at ${link.from.id} as well since ${link.to.id} has the truth: ${conflicts.join(', ')}`,
      { next: 'Compare both; remove the one that is wrong, then go on.' },
    )
  }
  const [failure] = failures
  if (failure) throw failure.error
}
