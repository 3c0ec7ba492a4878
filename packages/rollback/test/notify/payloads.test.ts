// The published schemas decide: the JSON schema of Adaptive Cards as Microsoft's designer has it, and Slack's own types (payloads.test-d.ts).
import { createRequire } from 'node:module'

import { slackPayload, teamsPayload } from '@cutover/rollback/notify'
import { Ajv } from 'ajv'
import { expect, test } from 'vitest'

import { messages, overlong } from './messages.ts'

const require = createRequire(import.meta.url)
const { adaptiveCardSchema } = require('adaptivecards-designer/lib/adaptive-card-schema.js') as {
  adaptiveCardSchema: { readonly id: string }
}
const ajv = new Ajv({ strict: false, validateFormats: false })
ajv.addMetaSchema(require('ajv/dist/refs/json-schema-draft-06.json') as object)
// `id` is what draft 4 called `$id`.
const { id, ...schema } = adaptiveCardSchema
const isCard = ajv.compile({ ...schema, $id: id })

test.each(messages.map((message) => [message.fact, message] as const))(
  'a card of %s fits the published schema',
  (_, message) => {
    const payload = teamsPayload(message)

    for (const { content } of payload.attachments) expect(isCard(content) ? '' : ajv.errorsText(isCard.errors)).toBe('')
    expect(Buffer.byteLength(JSON.stringify(payload))).toBeLessThan(28 * 1024)
  },
)

test('the schema refuses what is no card', () => {
  const [card] = teamsPayload(overlong).attachments

  expect(isCard({ ...card?.content, body: [{ type: 'TextBlok', text: 'x' }] })).toBe(false)
  expect(isCard({ ...card?.content, body: [{ type: 'TextBlock', text: 'x', color: 'red' }] })).toBe(false)
})

// https://docs.slack.dev/reference/block-kit/blocks: longer is refused as invalid_blocks.
test.each(messages.map((message) => [message.fact, message] as const))(
  'blocks of %s are as short as Slack wants them',
  (_, message) => {
    const { blocks, text } = slackPayload(message)

    const [headers, texts, fields] = [blocks, blocks, blocks].map((all, place) =>
      all.flatMap((block) => {
        if (block.type === 'header') return place === 0 ? [block.text.text.length] : []
        if ('fields' in block) return place === 2 ? block.fields.map((field) => field.text.length) : []
        return place === 1 ? [block.text.text.length] : []
      }),
    )
    expect(Math.max(text.length, ...(texts ?? []))).toBeLessThanOrEqual(3_000)
    expect(Math.max(...(headers ?? []))).toBeLessThanOrEqual(150)
    expect(Math.max(0, ...(fields ?? []))).toBeLessThanOrEqual(2_000)
    expect(fields?.length).toBeLessThanOrEqual(10)
    expect(blocks.length).toBeLessThanOrEqual(50)
  },
)

test('what a service said can neither wake a channel nor make a link', () => {
  const slackText = JSON.stringify(slackPayload(overlong).blocks.slice(1))
  const cardText = JSON.stringify(teamsPayload(overlong).attachments[0]?.content.body)

  expect(/<[!@h]|&(?!amp;|lt;|gt;)/.test(slackText)).toBe(false)
  expect(/[^\\]\]\(|[^\\]\*/.test(cardText)).toBe(false)
})

test('a cut text has no half of an emoji', () => {
  for (const payload of [slackPayload(overlong), teamsPayload(overlong)])
    expect(/\\ud[89ab]/.test(JSON.stringify(payload))).toBe(false)
})
