import { messageText, openMessage } from '@cutover/sync'
import fc from 'fast-check'
import { expect, test } from 'vitest'

const attribute = fc.record({ type: fc.constantFrom('String', 'Number', 'Binary'), value: fc.string() })
const content = fc.record({
  body: fc.oneof(
    fc.string(),
    fc.json(),
    fc.json().map((json) => `{"cutover":1,"body":${json}}`),
  ),
  attributes: fc.dictionary(fc.string(), attribute, { maxKeys: 3, noNullPrototype: true }),
  origin: fc.option(fc.string(), { nil: undefined }),
})

test('every message opens as it was wrapped', () => {
  fc.assert(
    fc.property(content, (given) => {
      expect(openMessage(messageText(given))).toEqual({ ...given })
    }),
  )
})

test('a body without anything to keep beside it stays as it is', () => {
  fc.assert(
    fc.property(fc.json(), (body) => {
      expect(messageText({ body })).toBe(body)
    }),
  )
})

test('wrapping what is wrapped keeps both', () => {
  const once = messageText({ body: 'inner', origin: 'sqs:orders/1' })

  expect(openMessage(messageText({ body: once })).body).toBe(once)
})
