import { fakeWorld } from '@cutover/core/testing'
import { noLegacyEndpoints, type NoLegacyEndpointsOptions } from '@cutover/health-checks'
import { expect, test } from 'vitest'

import { contextOf } from '../context.ts'

const settings = (values: Record<string, string>) => ({ name: 'orders', settings: () => Promise.resolve({ values }) })
const outbound = (found: Record<string, string[]>) => ({ name: 'orders', found: () => Promise.resolve(found) })

const ask = (options: NoLegacyEndpointsOptions, world = fakeWorld()) => noLegacyEndpoints(options).run(contextOf(world))

test('settings, dependencies and DNS answers that lead to AWS are each a fail', async () => {
  const { status, text, evidence } = await ask({
    settings: settings({
      QUEUE_URL: 'https://sqs.eu-west-1.amazonaws.com/123456789012/orders?token=hunter2',
      TOPIC: 'arn:aws:sns:eu-west-1:123456789012:orders',
      TABLE: 'orders',
    }),
    dependencies: outbound({
      'abc.lambda-url.eu-west-1.on.aws': ['abc.lambda-url.eu-west-1.on.aws'],
      db: ['db.example.com'],
    }),
    dns: outbound({ 'api.example.com': ['d1.cloudfront.net'] }),
  })

  expect(status).toBe('fail')
  expect(evidence?.rows.map((row) => [row.in, row.where, row.endpoint])).toEqual([
    ['settings', 'QUEUE_URL', 'sqs.eu-west-1.amazonaws.com'],
    ['settings', 'TOPIC', 'arn:aws:sns:eu-west-1:123456789012:orders'],
    ['dependencies', 'abc.lambda-url.eu-west-1.on.aws', 'abc.lambda-url.eu-west-1.on.aws'],
    ['dns', 'api.example.com', 'd1.cloudfront.net'],
  ])
  expect(text).toContain('the setting QUEUE_URL leads to sqs.eu-west-1.amazonaws.com')
  expect(JSON.stringify([text, evidence])).not.toContain('hunter2')
})

test('an account and what the team denies are found, too', async () => {
  const options = {
    settings: settings({ BUCKET: 'logs-123456789012', OTHER: 'x1234567890123', HOST: 'old.example.com' }),
    accounts: ['123456789012'],
    deny: [/old\.example\.com/],
  }

  expect((await ask(options)).evidence?.rows.map((row) => row.endpoint)).toEqual(['123456789012', 'old.example.com'])
})

test('what deliberately remains is allowed until its day is over', async () => {
  const world = fakeWorld()
  const options = {
    settings: settings({ BUCKET: 'https://archive.s3.amazonaws.com/' }),
    allow: [{ endpoint: '*.s3.amazonaws.com', because: 'the archive moves in spring', until: '2026-11-20' }],
  }

  const before = await ask(options, world)
  await world.advance(86_400_000)
  const after = await ask(options, world)

  expect(before).toMatchObject({ status: 'pass', evidence: { rows: [{ found: 'allowed' }], unused: [] } })
  expect(after).toMatchObject({ status: 'fail', text: expect.stringMatching(/allowed until 2026-11-20T23:59:59Z/) })
})

test('an allowance is for the whole endpoint, and one that is not needed is told', async () => {
  const allow = [{ endpoint: 's3.amazonaws.com', because: 'x', until: '2027-01-01' }]

  expect(await ask({ settings: settings({ A: 'archive.s3.amazonaws.com' }), allow })).toMatchObject({
    status: 'fail',
    evidence: { unused: ['s3.amazonaws.com'] },
  })
})

test('no calls seen, or no answers, is undecided; none at all of AWS is a pass', async () => {
  const clean = settings({ TABLE: 'orders' })

  expect(await ask({ settings: clean, dependencies: outbound({}) })).toMatchObject({
    status: 'undecided',
    text: 'nothing to look at in dependencies',
  })
  expect(await ask({ settings: clean, dependencies: outbound({ db: ['db.example.com'] }) })).toMatchObject({
    status: 'pass',
    evidence: { looked: { settings: 1, dependencies: 1 } },
  })
  expect(await ask({ dns: outbound({ 'api.example.com': [] }) })).toMatchObject({ status: 'undecided' })
})

test('a name that only looks like one of AWS is none', async () => {
  const values = { A: 'https://amazonaws.com.example.org', B: 'myamazonaws.company', C: 'parn:aws' }

  const { evidence } = await ask({ settings: settings(values) })

  expect(evidence?.rows).toEqual([])
})

test('options that cannot be meant are refused', () => {
  const one = settings({})

  for (const options of [
    {},
    { settings: one, accounts: ['12'] },
    { settings: one, allow: [{ endpoint: '', because: 'x', until: '2026-12-31' }] },
    { settings: one, allow: [{ endpoint: 'x', because: 'x', until: 'never' }] },
    { settings: one, deny: ['x'] as never },
    { settings: one, ignore: [] } as never,
  ] satisfies NoLegacyEndpointsOptions[]) {
    expect(() => noLegacyEndpoints(options)).toThrow(expect.objectContaining({ code: 'HEALTH_OPTIONS_INVALID' }))
  }
})
