// What must come back whole cannot be masked: a state, an intent or a value with a secret in it is refused before anything happens.
import type { Cutover } from '@cutover/rollback'
import { expect, test } from 'vitest'

import { errorOf, setting } from '../setting.ts'
import { altered, turn } from '../switches.ts'

const secret = 'not-a-real-secret'

test.each([
  ['a connection string', { settings: { Storage: `AccountKey=${secret}==` } }, 'before.settings.Storage'],
  ['one in a list', { list: ['a', `Bearer ${secret}`] }, 'before.list[1]'],
  ['a property that is named so', { DB_PASSWORD: secret }, 'before.DB_PASSWORD'],
  ['one that was named in the options', { note: `it is named-${secret}` }, 'before.note'],
  ['one that is a name itself', { [`named-${secret}`]: 1 }, 'a name in before'],
])('%s in what was captured is refused, with its place', async (_, before, place) => {
  const { run, switches, journal, writes, world } = setting()
  const change = altered(turn(switches, 'a', 'target'), {
    capture: async () => before as unknown as string,
    probe: async () => ({ is: 'absent' }),
  })

  const error = await errorOf(run((cutover) => cutover.apply(change), { secrets: [`named-${secret}`] }))

  expect(error.code).toBe('CUTOVER_SECRET_REFUSED')
  expect(error.message).toBe(`REFUSED: turn:a:target: ${place} is a secret, which no journal keeps`)
  expect(error.next).toMatch(/version/)
  expect(writes()).toEqual([])
  expect(JSON.stringify([journal.entries, world.events])).not.toContain(secret)
})

test('so is one in a value, and in an intent', async () => {
  const [first, second] = [setting(), setting()]
  const value = (cutover: Cutover) => cutover.value('token', () => `Bearer ${secret}`)
  const intent = (cutover: Cutover) =>
    cutover.apply(altered(turn(second.switches, 'a', 'target'), { intent: { to: `AccountKey=${secret}` } }))

  const errors = [await errorOf(first.run(value)), await errorOf(second.run(intent))]

  expect(errors.map(({ code }) => code)).toEqual(['CUTOVER_SECRET_REFUSED', 'CUTOVER_SECRET_REFUSED'])
  expect(errors.map(({ message }) => message.includes(secret))).toEqual([false, false])
})

test.each([
  ['a digest', { DB_PASSWORD: 'sha256:9f86d081884c7d65' }],
  ['a version', { DB_PASSWORD: 'version:7' }],
  ['a reference to a vault', { DB_PASSWORD: '@Microsoft.KeyVault(SecretUri=https://v.vault.azure.net/secrets/db)' }],
  [
    'an ordinary setting',
    { key: 'orders', keys: 3, token: 'page-2', values: ['d-1.execute-api.us-east-1.amazonaws.com'] },
  ],
  ['a key for DKIM, which is public', { txt: 'v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQ' }],
])('%s is no secret', async (_, before) => {
  const { run, switches, journal } = setting()
  const change = altered(turn(switches, 'a', 'target'), {
    capture: async () => before as unknown as string,
    probe: async () =>
      ({ is: switches.state['a'] === 'target' ? 'applied' : 'absent', seen: { to: 'target' } }) as never,
    apply: async () => switches.set('a', 'target'),
  })

  const report = await run((cutover) => cutover.apply(change))

  expect(report.end).toBe('completed')
  expect(journal.entries.find(({ t }) => t === 'intent')).toMatchObject({ before })
})

test.each([
  ['a word', 'secret', /^secrets is not a list/],
  ['a number', [5], /^secrets\[0\] is a number/],
  ['a text that is everywhere', ['a'], /^secrets\[0\] is shorter than 6 characters/],
])('%s is no list of secrets', async (_, secrets, text) => {
  const { run } = setting()

  const error = await errorOf(run(async () => {}, { secrets: secrets as never }))

  expect(error.code).toBe('CUTOVER_OPTIONS_INVALID')
  expect(error.message).toMatch(text)
})

test("a script's own error without a secret stays itself", async () => {
  const { run } = setting()
  const own = new Error('my own')

  expect(await errorOf(run(() => Promise.reject(own)))).toBe(own)
})

test.each(['\\', 'eyJ-', 'a.', 'password=', '"password":"', 'a://', 'https://a.'])(
  'a long text of %s is looked through in a moment, not in minutes',
  async (part) => {
    const { run, world } = setting()
    const text = `${part.repeat(150_000)}=`

    await errorOf(run(() => Promise.reject(new Error(text))))

    expect(world.events.length).toBeGreaterThan(0)
  },
)
