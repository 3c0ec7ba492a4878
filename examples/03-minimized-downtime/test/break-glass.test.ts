// The engine dies at every record, for good. A person takes the sheet that it left and types what stands there: the clouds are as
// they were found.
import { fakeWorld } from '@cutover/core/testing'
import { dnsRecord, lowerTtl, repoint } from '@cutover/dns'
import { inMemoryRoute53 } from '@cutover/dns/testing'
import { type Cutover, type MemoryJournal, memoryJournal, requiredPermissions, runCutover } from '@cutover/rollback'
import { follow, link, transferQueue, turnLink } from '@cutover/sync'
import { inMemoryLedger, inMemoryQueue, inMemoryStore } from '@cutover/sync/testing'
import { activate, cordon } from '@cutover/triggers'
import { inMemoryFunctionApp, inMemoryLambda } from '@cutover/triggers/testing'
import { expect, test } from 'vitest'

import { commandsOf, type } from './typed.ts'

const name = 'api.example.com'

function night() {
  const world = fakeWorld()
  const found = {
    Name: name,
    Type: 'CNAME',
    TTL: 300,
    ResourceRecords: [{ Value: 'd-1.execute-api.us-east-1.amazonaws.com' }],
  }
  const route53 = inMemoryRoute53(world, { records: [found] })
  const triggers = { queue: { sqs: 'orders' }, http: { http: true } } as const
  const lambda = inMemoryLambda(world, { functionName: 'orders', triggers, reservedConcurrency: 40 })
  const app = inMemoryFunctionApp(world, { name: 'orders', triggers: { queue: 'consume', http: 'api' } })
  const ledger = inMemoryLedger(world)
  const from = inMemoryStore(world, { a: 'A' }, { id: 's3:orders' })
  const documents = link('documents', { from, to: inMemoryStore(world, {}, { id: 'blob:orders' }), ledger })
  const queues = {
    from: inMemoryQueue(world, [], { id: 'sqs:orders' }),
    to: inMemoryQueue(world, [], { id: 'queue:orders', like: 'storage-queue' }),
    ledger,
  }
  const api = dnsRecord(route53.zone(), name, 'CNAME')
  const journal: MemoryJournal = memoryJournal({ world })
  const sheets: string[] = []
  const script = async (cutover: Cutover): Promise<void> => {
    const { safeAt } = await cutover.apply(lowerTtl(api, { ttlSeconds: 30, until: 'authoritative' }))
    await cutover.apply(follow(documents))
    await cutover.apply(cordon(lambda, 'queue'))
    await cutover.apply(cordon(lambda, 'http'))
    await cutover.apply(transferQueue('orders', queues))
    await cutover.apply(turnLink(documents))
    await cutover.all({
      queue: (steps) => steps.apply(activate(app, 'queue')),
      http: (steps) => steps.apply(activate(app, 'http')),
    })
    await cutover.waitUntil('the former TTL is forgotten', () => safeAt)
    await cutover.apply(repoint(api, { to: 'orders.azurewebsites.net', notBefore: safeAt }))
  }
  const options = { id: 'orders', journal, clock: world.clock, sheet: (sheet: string) => void sheets.push(sheet) }
  const state = (): unknown => {
    const own = ([subject]: [string, unknown]): boolean => /^(lambda|functions):/.test(subject)
    return structuredClone([route53.records, ...[...world.watched].filter(own).map(([, look]) => look())])
  }
  const clouds = { route53, lambda, app }
  return { world, journal, sheets, script, options, state, clouds }
}

const golden = night()
await runCutover(golden.options, golden.script)
const records = golden.journal.entries.map((entry) => ('step' in entry ? `${entry.t} ${entry.step}` : entry.t))

const boundaries = [...new Set(records)].flatMap((record) => [
  ['before', record, 'crash'] as const,
  ['with a request under way, before', record, 'crash-late'] as const,
])

test.each(boundaries)('dead %s the record %s, all is undone by hand', async (_, record, fault) => {
  const { world, sheets, script, options, state, clouds } = night()
  const found = state()
  const runner = world.spawn('runner')
  const died = new Promise<void>((resolve) => (runner.onStop = resolve))
  world.failNext(`journal.append ${record}`, fault)
  world.runAs(runner, () => runCutover(options, script)).catch(() => {})
  await died
  // What was late has come, what was in transition is through.
  await world.advance(15 * 60_000)

  for (const command of commandsOf(sheets.at(-1) ?? '')) {
    await type(clouds, command)
    await world.advance(15 * 60_000)
  }

  expect(state()).toEqual(found)
})

test('at the end everything is on the sheet, newest first, and what no command undoes is said in words', () => {
  const sheet = golden.sheets.at(-1) ?? ''
  const sections = sheet.split(/^## /m).slice(1)

  expect(sections.map((text) => text.split('\n')[0])).toEqual([
    '1. Point api.example.com at orders.azurewebsites.net',
    expect.stringMatching(/^2\. Let (http|queue) of functions:orders take work$/),
    expect.stringMatching(/^3\. Let (http|queue) of functions:orders take work$/),
    '4. Let blob:orders have the truth, and s3:orders follow',
    '5. Move the messages of sqs:orders to queue:orders',
    '6. Stop http of lambda:orders from taking new work',
    '7. Stop queue of lambda:orders from taking new work',
    '8. Follow s3:orders with blob:orders',
    '9. Lower the TTL of api.example.com CNAME to 30 s',
  ])
  expect(sheet).not.toContain('No commands are known')
  const typed = sections.map((text) => commandsOf(text).length)
  expect(typed).toEqual([1, 1, 1, 0, 0, 1, 1, 0, 1])
  for (const text of [sections[3], sections[4], sections[7]]) expect(text).toMatch(/```sh\n# [A-Z]/)
  expect(sheet).not.toMatch(/<[A-Z]+>|undefined/)
})

test('typed at the end of the move, the sheet brings everything back', async () => {
  const { world, sheets, script, options, state, clouds } = night()
  const found = state()
  await runCutover(options, script)
  expect(state()).not.toEqual(found)

  const ends: string[] = []
  for (const command of commandsOf(sheets.at(-1) ?? '')) {
    ends.push(await type(clouds, command))
    await world.advance(15 * 60_000)
  }

  expect(ends).toEqual(['done', 'done', 'done', 'done', 'done', 'done'])
  expect(state()).toEqual(found)
})

test('what it needs of both clouds is one policy and one role', async () => {
  const { options, journal } = golden
  const { iamPolicy, azureRole, unknown, others } = await requiredPermissions({ ...options, journal }, golden.script)

  expect(unknown).toEqual([])
  // The stores and queues of this test are of no cloud.
  expect(others).toEqual(
    ['blob:orders', 's3:orders']
      .map((id) => `list, read, write and delete objects of ${id}`)
      .concat(['queue:orders', 'sqs:orders'].map((id) => `receive, send and remove messages of ${id}`)),
  )
  const arn = 'arn:aws:lambda:*:*:function:orders'
  expect(iamPolicy?.Statement).toEqual(
    expect.arrayContaining([
      { Sid: expect.any(String), Effect: 'Allow', Action: ['lambda:ListEventSourceMappings'], Resource: ['*'] },
      {
        Sid: expect.any(String),
        Effect: 'Allow',
        Action: ['lambda:DeleteFunctionConcurrency', 'lambda:GetFunctionConcurrency', 'lambda:PutFunctionConcurrency'],
        Resource: [arn],
      },
    ]),
  )
  expect(iamPolicy?.Statement.flatMap(({ Action }) => Action)).toContain('route53:ChangeResourceRecordSets')
  expect([azureRole?.Actions.length, azureRole?.DataActions]).toEqual([5, []])
})
