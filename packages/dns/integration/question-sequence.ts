// One record, asked again and again until the new answer is seen; the same questions, at the same moments, put to the fake.
import { fakeWorld } from '@cutover/core/testing'
import { type RecordSet, type Resolver, systemClock } from '@cutover/dns'
import { inMemoryResolver, type InMemoryResolverOptions, inMemoryZone } from '@cutover/dns/testing'

interface Question {
  /** Epoch milliseconds. */
  readonly sentAt: number
  readonly receivedAt: number
  readonly isNew: boolean
  /** What it said of itself: out of date. */
  readonly isStale: boolean
}

export interface Sequence {
  /** The former TTL in seconds; of an absence what the SOA says. */
  readonly ttlSeconds: number
  readonly isAbsence: boolean
  /** The first is the one that made it cache the former answer. */
  readonly questions: readonly Question[]
}

export const formerValue = '192.0.2.1'
export const newValue = '192.0.2.2'
const everyMs = 25

/**
 * Asks once, lets the record be changed, and asks every 25 ms until the new answer comes, or `withinMs` is over.
 *
 * `ttlSeconds` of an absence: there is no record at first, and the zone's SOA has that minimum.
 */
export async function askUntilNew(
  resolver: Resolver,
  name: string,
  change: () => Promise<void>,
  { ttlSeconds, isAbsence = false, withinMs }: { ttlSeconds: number; isAbsence?: boolean; withinMs: number },
): Promise<Sequence> {
  const questions: Question[] = []
  const ask = async (): Promise<Question> => {
    const sentAt = systemClock.now()
    const answer = await resolver.lookup(name, 'A')
    const isNew = answer?.values[0] === newValue
    const question = { sentAt, receivedAt: systemClock.now(), isNew, isStale: answer?.stale ?? false }
    questions.push(question)
    return question
  }
  const { sentAt: beganAt } = await ask()
  await change()
  while (!(await ask()).isNew && systemClock.now() - beganAt < withinMs) await systemClock.sleep(everyMs)
  return { ttlSeconds, isAbsence, questions }
}

/** The first new answer's place in the sequence; its length if there was none. */
export function flipOf({ questions }: Sequence): number {
  const place = questions.findIndex(({ isNew }) => isNew)
  return place < 0 ? questions.length : place
}

/** The place at which the fake gives the new answer, asked at the same moments; its caching question was answered at `cachedAt`. */
export async function flipOfFake(
  profile: InMemoryResolverOptions['profile'],
  { ttlSeconds, isAbsence, questions }: Sequence,
  cachedAt: number,
): Promise<number> {
  const world = fakeWorld({ startAt: cachedAt })
  const set: RecordSet = { name: 'api.example.com', type: 'A', ttlSeconds, values: [formerValue] }
  const zone = inMemoryZone(world, isAbsence ? [] : [set], { serverDelaysMs: [0], negativeTtlSeconds: ttlSeconds })
  const resolver = inMemoryResolver(world, { zone, profile })
  resolver.answer(set.name, 'A')
  zone.editBehind({ ...set, values: [newValue] })
  for (const [place, { sentAt }] of questions.entries()) {
    if (place === 0) continue
    await world.clock.sleep(Math.max(0, sentAt - world.clock.now()))
    if (resolver.answer(set.name, 'A')?.values[0] === newValue) return place
  }
  return questions.length
}

/** As people read the lab table: seconds from the caching answer to the first new one, and where in its second it was cached. */
export function measured(sequence: Sequence): { readonly phase: number; readonly flipsAfter: number } {
  const cachedAt = sequence.questions[0]?.receivedAt ?? 0
  const flippedAt = sequence.questions[flipOf(sequence)]?.receivedAt ?? Number.POSITIVE_INFINITY
  return { phase: (cachedAt % 1_000) / 1_000, flipsAfter: Math.round((flippedAt - cachedAt) / 10) / 100 }
}
