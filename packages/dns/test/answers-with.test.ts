import { fakeWorld } from '@cutover/core/testing'
import { answersWith, type AnswersWithOptions, apply, dnsRecord, repoint, type Resolver, waitFor } from '@cutover/dns'
import { inMemoryResolver, inMemoryZone } from '@cutover/dns/testing'
import { expect, test } from 'vitest'

import { apiSet, apiZone, aws, azure, rejection, thrown } from './example.ts'

const context = (world: ReturnType<typeof fakeWorld>) => ({
  clock: world.clock,
  signal: world.signal,
  key: 'check',
  fence() {},
  report() {},
})

test('answersWith passes when authority and resolvers answer so', async () => {
  const world = fakeWorld()
  const { zone, api } = apiZone(world, apiSet(300, azure))
  const check = answersWith(api, { to: `${azure}.`, resolvers: [inMemoryResolver(world, { zone, name: 'unbound' })] })

  const answer = await check.run(context(world))

  expect(answer).toEqual({
    status: 'pass',
    text: '2 of 2 moved',
    evidence: { moved: ['authority', 'unbound'], former: [], silent: [] },
  })
})

test('answersWith is undecided while a resolver remembers the former answer, and says for how long', async () => {
  const world = fakeWorld()
  const { zone, api } = apiZone(world)
  const resolver = inMemoryResolver(world, { zone, name: 'unbound' })
  resolver.answer('api.example.com', 'CNAME')
  await apply(repoint(api, { to: azure }), world)

  const answer = await answersWith(api, { to: azure, resolvers: [resolver] }).run(context(world))

  expect(answer).toMatchObject({
    status: 'undecided',
    text: `1 of 2 moved; unbound answers ${aws} for up to 292 s`,
    evidence: { former: [{ by: 'unbound', values: [aws], ttlSeconds: 292 }] },
  })
})

test('answersWith passes at last, no later than allMovedBy', async () => {
  const world = fakeWorld()
  const { zone, api } = apiZone(world, apiSet(30))
  const resolvers = [inMemoryResolver(world, { zone }), inMemoryResolver(world, { zone, profile: 'bind' })]
  for (const resolver of resolvers) resolver.answer('api.example.com', 'CNAME')
  const { result } = await apply(repoint(api, { to: azure }), world)

  await waitFor(answersWith(api, { to: azure, resolvers }), { within: '5m', every: '1s', clock: world.clock })

  expect(world.clock.now()).toBeLessThanOrEqual(result.allMovedBy)
})

test('answersWith asks no resolver before the authority answers so, since it would remember the answer', async () => {
  const world = fakeWorld()
  const { zone, api } = apiZone(world)
  const resolver = inMemoryResolver(world, { zone })

  const answer = await answersWith(api, { to: azure, resolvers: [resolver] }).run(context(world))

  expect(answer).toMatchObject({ status: 'undecided', evidence: { moved: [], former: [{ by: 'authority' }] } })
  zone.editBehind(apiSet(300, azure))
  await world.clock.sleep(8_000)
  expect(resolver.answer('api.example.com', 'CNAME')?.values).toEqual([azure])
})

test('answersWith is undecided when a resolver does not answer', async () => {
  const world = fakeWorld()
  const { api } = apiZone(world, apiSet(300, azure))
  const broken: Resolver = { name: 'broken', lookup: () => Promise.reject(new Error('SERVFAIL')) }

  const answer = await answersWith(api, { to: azure, resolvers: [broken] }).run(context(world))

  expect(answer).toMatchObject({ status: 'undecided', text: '1 of 2 moved; broken does not answer: SERVFAIL' })
})

test('answersWith is undecided when the record is not there', async () => {
  const world = fakeWorld()
  const check = answersWith(dnsRecord(inMemoryZone(world), 'api.example.com', 'A'), { to: '192.0.2.1' })

  expect(await check.run(context(world))).toMatchObject({
    status: 'undecided',
    text: '0 of 1 moved; authority has no such record',
  })
})

test('answersWith does not mind the order and the case of answers', async () => {
  const world = fakeWorld()
  const set = { name: 'www.example.com', type: 'AAAA', ttlSeconds: 60, values: ['2001:db8::1', '2001:db8::2'] } as const
  const zone = inMemoryZone(world, [set])
  const resolver: Resolver = {
    name: 'other order',
    lookup: async () => ({ values: ['2001:DB8::2', '2001:db8:0::1'], ttlSeconds: 5 }),
  }

  const answer = await answersWith(dnsRecord(zone, 'www.example.com', 'AAAA'), {
    to: set.values,
    resolvers: [resolver],
  }).run(context(world))

  expect(answer.status).toBe('pass')
})

test('answersWith stops with the reason of the signal', async () => {
  const world = fakeWorld()
  const { api } = apiZone(world)
  const reason = new Error('stopped')

  const error = await rejection(
    answersWith(api, { to: azure }).run({ ...context(world), signal: AbortSignal.abort(reason) }),
  )

  expect(error).toBe(reason)
})

for (const [options, code, message] of [
  [{ to: '192.0.2.1' }, 'DNS_RECORD_INVALID', /^to is "192\.0\.2\.1"; wanted a host name/],
  [{ to: azure, resolver: [] }, 'DNS_OPTION_INVALID', /resolver\b.*to, resolvers/],
  [{ to: azure, resolvers: 'unbound' }, 'DNS_OPTION_INVALID', /^resolvers is "unbound"; wanted a list of resolvers/],
  [{ to: azure, resolvers: ['unbound'] }, 'DNS_OPTION_INVALID', /^resolvers\[0\] is "unbound"; wanted a Resolver/],
] as const) {
  test(`answersWith refuses ${JSON.stringify(options)} at once`, () => {
    const { api } = apiZone(fakeWorld())

    const error = thrown(() => answersWith(api, options as unknown as AnswersWithOptions<'CNAME'>))

    expect(error.code).toBe(code)
    expect(error.message).toMatch(message)
  })
}
