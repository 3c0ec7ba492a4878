import { inspect } from 'node:util'

// Secrets are planted wherever a script, a service or an operator can bring one in; then everything written is searched.
import { type ChangeSpec, CutoverError, type CutoverEvent } from '@cutover/core'
import { fakeWorld } from '@cutover/core/testing'
import { type Cutover, memoryJournal, rollbackReadiness, runCutover } from '@cutover/rollback'
import type { Message } from '@cutover/rollback/notify'
import fc from 'fast-check'
import { expect, test } from 'vitest'

import { altered, inMemorySwitches, saying, turn } from '../switches.ts'

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
const word = (min: number, max = min) =>
  fc.string({ unit: fc.constantFrom(...letters.split('')), minLength: min, maxLength: max })

/** The secret itself, and a text in which it stands as it does in the wild. */
interface Planted {
  readonly secret: string
  readonly text: string
}

const shaped: fc.Arbitrary<Planted> = fc.oneof(
  ...[
    (s: string) =>
      `DefaultEndpointsProtocol=https;AccountName=orders;AccountKey=${s}==;EndpointSuffix=core.windows.net`,
    (s: string) => `Endpoint=sb://orders.servicebus.windows.net/;SharedAccessKeyName=root;SharedAccessKey=${s}=`,
    (s: string) => `Server=tcp:db;User ID=app;Password=${s};Encrypt=true`,
    (s: string) => `postgres://app:${s}@db.example.com:5432/orders?sslmode=require`,
    (s: string) => `GET https://orders.blob.core.windows.net/a?sv=2024-11-04&sr=c&sig=${s}%3D&se=2026`,
    (s: string) => `https://b.s3.amazonaws.com/k?X-Amz-Credential=AKIA&X-Amz-Signature=${s}&X-Amz-Expires=60`,
    (s: string) => `Authorization: Bearer ${s}`,
    (s: string) => `{"name":"orders","clientSecret":"${s}"}`,
    (s: string) => `{\\"password\\":\\"${s}\\"}`,
    (s: string) => `-----BEGIN RSA PRIVATE KEY-----\n${s}\n-----END RSA PRIVATE KEY-----`,
    (s: string) => `eyJhbGciOiJub25l.eyJzdWIi${s}.${s}`,
    (s: string) => `POST https://hooks.slack.com/services/T0/B0/${s} failed`,
    (s: string) => `https://prod-1.westeurope.logic.azure.com:443/workflows/${s}/triggers/manual/paths/invoke`,
    (s: string) => `xoxb-123456789012-${s}`,
    (s: string) => `aws_secret_access_key = ${s}`,
  ].map((text) => word(32, 40).map((secret) => ({ secret, text: text(secret) }))),
)

/** Of any form, but named in the options. */
const named: fc.Arbitrary<Planted> = fc
  .string({ minLength: 10, maxLength: 40 })
  // Else a text of three letters, repeated, is found in every other one.
  .filter((secret) => new Set(secret).size > 7 && secret.trim() === secret)
  .chain((secret) =>
    fc
      .constantFrom(
        secret,
        `it was ${secret}!`,
        encodeURIComponent(secret),
        Buffer.from(secret).toString('base64'),
        JSON.stringify({ secret }),
      )
      .map((text) => ({ secret, text })),
  )

const places = [
  'error',
  'cause',
  'property',
  'seen',
  'after',
  'value text',
  'check text',
  'evidence',
  'foreign',
  'unknown',
  'revertible',
  'question',
  'notifier',
  'report',
  'sheet',
  'why',
  'script',
] as const

const planted = fc.record({
  planted: fc.oneof(
    shaped.map((one) => ({ ...one, isNamed: false })),
    named.map((one) => ({ ...one, isNamed: true })),
  ),
  place: fc.constantFrom(...places),
})

async function night(
  { text, secret, isNamed }: Planted & { readonly isNamed: boolean },
  place: (typeof places)[number],
) {
  const world = fakeWorld()
  const switches = inMemorySwitches(world, { a: 'source', b: 'source' })
  const journal = memoryJournal()
  const events: CutoverEvent[] = []
  const sheets: string[] = []
  const messages: Message[] = []
  const thrown: unknown[] = []
  const at = (here: (typeof places)[number]): boolean => here === place
  const b = turn(switches, 'b', 'target')
  const failing = (): Error =>
    at('cause')
      ? new Error('it failed', { cause: new Error(text) })
      : at('property')
        ? Object.assign(new Error('it failed'), { request: { headers: { authorization: text }, url: text } })
        : new CutoverError('SERVICE_REFUSED', at('error') ? text : 'it failed')
  const changed: Partial<ChangeSpec<string, { to: string }>> = {
    permissions: [],
    byHand: () => ({ apply: [], revert: [`aws put --value '${at('sheet') ? text : ''}'`], look: ['aws get'] }),
    async revertible() {
      if (at('revertible')) throw new Error(text)
      return { now: true, because: 'it is' }
    },
    ...(at('seen') && {
      probe: async (before, context) => {
        const found = await b.probe(before, context)
        return found.is === 'applied' ? { is: 'applied', seen: { to: text } } : found
      },
    }),
    ...(at('after') && { settle: async () => ({ to: text }) }),
    ...(at('foreign') && { probe: async () => ({ is: 'foreign' as const, found: { settings: [text] } }) }),
    ...(at('unknown') && { probe: async () => ({ is: 'unknown' as const, why: text }) }),
    ...(['error', 'cause', 'property'].includes(place) && {
      apply: async () => {
        throw failing()
      },
    }),
    ...(at('report') && {
      apply: async (before, context) => {
        context.report({ kind: 'note', code: 'X', data: { deep: [{ text }] }, text })
        await b.apply(before, context)
      },
    }),
  }
  const script = async (cutover: Cutover): Promise<void> => {
    await cutover.apply(turn(switches, 'a', 'target'))
    await cutover.apply(altered(b, changed))
    await cutover.check(
      saying('looked', {
        status: 'pass',
        text: at('check text') ? text : 'well',
        evidence: at('evidence') ? { list: [text] } : 1,
      }),
    )
    if (at('question')) await cutover.require(saying('well', { status: 'undecided', text }), { within: '1s' })
    if (at('script')) throw new Error(text)
    await cutover.rollBack(at('why') ? text : 'for a test')
  }
  const options = {
    id: 'move',
    journal,
    clock: world.clock,
    patience: '10s',
    onEvent: (event: CutoverEvent) => events.push(event),
    sheet: (sheet: string) => void sheets.push(sheet),
    secrets: isNamed ? [secret] : [],
    notify: [
      {
        name: 'pager',
        send: async (message: Message) => {
          messages.push(message)
          if (at('notifier')) throw new Error(text)
        },
      },
    ],
  } as const
  for (let i = 0; i < 2; i++) await runCutover(options, script).catch((error: unknown) => thrown.push(error))
  const readiness = await rollbackReadiness(options, script).catch((error: unknown) => error)
  return { journal, events, sheets, messages, thrown, readiness }
}

const forms = ({ secret }: Planted): readonly string[] => [
  secret,
  encodeURIComponent(secret),
  JSON.stringify(secret).slice(1, -1),
  Buffer.from(secret).toString('base64'),
]

test('no planted secret is in anything that is written, told or thrown', { timeout: 30_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(planted, async ({ planted: one, place }) => {
      const { thrown, ...written } = await night(one, place)

      const all =
        JSON.stringify({ ...written, journal: written.journal.entries }) +
        inspect(thrown, { depth: 12, showHidden: true })
      const raw = inspect(
        { ...written, journal: written.journal.entries },
        { depth: 20, maxStringLength: null, breakLength: Infinity },
      )
      for (const form of forms(one))
        expect([place, all.includes(form), raw.includes(form)]).toEqual([place, false, false])
      expect(thrown.length).toBeGreaterThan(0)
    }),
    { numRuns: 150 },
  )
})
