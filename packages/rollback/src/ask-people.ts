import { type Answer, ask } from '@cutover/core'

import type { Approval } from './approval.ts'
import { isSamePerson } from './person.ts'
import type { Run } from './run.ts'

/** How often it is looked whether somebody has spoken, in milliseconds. */
const pauseMs = 1_000

type Given = Answer<{ readonly given: readonly string[] }>

/** Asks people and waits for their word, which operators send from other processes. Asked once: a later process goes on waiting. */
export async function askPeople(
  run: Run,
  step: string,
  { title, approval }: Approval,
  signal: AbortSignal,
): Promise<Given> {
  const { from, quorum, expiresMs, revalidate, staleMs } = approval
  const { clock } = run
  const known = run.history.steps.get(step)
  const { asking: before, answer } = known ?? {}
  const isOver = before && answer && answer.seq > before.seq && answer.status !== 'pass'
  if (!before || isOver) {
    // What was said before, to a question that has expired or was declined, does not count for this one.
    const expiresAt = expiresMs === undefined ? undefined : clock.now() + expiresMs
    await run.append({ t: 'asking', ...run.place(step), title, expiresAt, from, quorum })
  }
  let told = -1
  for (;;) {
    const { asking, votes, number } = run.recorded(step)
    const { expiresAt } = asking ?? {}
    const inTime = votes.filter(({ at }) => expiresAt === undefined || at < expiresAt)
    const counted = inTime.filter(({ who }) => from === undefined || from.some((one) => isSamePerson(one, who)))
    const given = counted.filter(({ says }) => says === 'approve').map(({ who }) => who)
    const no = counted.find(({ says }) => says === 'decline')
    if (no) return { status: 'fail', text: `${no.who} declined: ${no.why}`, evidence: { given } }
    if (given.length >= quorum) {
      const tookMs = clock.now() - (asking?.since ?? clock.now())
      return tookMs > staleMs ? revalidated(run, step, given) : approved(given)
    }
    if (expiresAt !== undefined && clock.now() >= expiresAt) {
      return { status: 'undecided', text: `expired with ${given.length} of ${quorum}`, evidence: { given } }
    }
    if (told !== given.length) {
      told = given.length
      run.tell(() => ({
        kind: 'approval',
        step,
        title,
        number,
        from,
        quorum,
        given,
        expiresAt,
        text: `${title} ${given.length} of ${quorum} approved${from === undefined ? '' : `, of ${from.join(', ')}`}`,
      }))
    }
    const left = expiresAt === undefined ? pauseMs : expiresAt - clock.now()
    await clock.sleep(Math.min(pauseMs, Math.max(1, left)), { signal })
  }

  async function revalidated(of: Run, at: string, given: readonly string[]): Promise<Given> {
    for (const check of revalidate) {
      const { status, text } = await ask(check, of.context(at, signal))
      if (status !== 'pass')
        return { status, text: `approved, but it took long, and now: ${check.title}: ${text}`, evidence: { given } }
    }
    return approved(given)
  }
}

const approved = (given: readonly string[]): Given => ({
  status: 'pass',
  text: `approved by ${given.join(', ')}`,
  evidence: { given },
})
