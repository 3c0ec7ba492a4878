// A message of every kind, as long and as odd as they come.
import type { Message, MessageKind } from '@cutover/rollback/notify'

const kinds: readonly MessageKind[] = [
  'start',
  'pause',
  'question',
  'approval',
  'alarm',
  'slip',
  'rollback',
  'waiting',
  'interrupted',
  'end',
]

const plain = (kind: MessageKind): Message => ({
  fact: `${kind} 1`,
  kind,
  cutover: 'orders',
  at: Date.UTC(2026, 10, 20, 2),
  title: `orders: ${kind}`,
  text: 'Two lines.\nThis is the second.',
  details: [{ name: 'Code', value: 'CHECK_UNDECIDED' }],
  commands: ["npx --no-install cutover answer 'my journal.jsonl' 3 ANSWER --who NAME --why TEXT"],
})

/** Longer than any service takes, with everything that means something in Markdown, in Slack and in JSON. */
export const overlong: Message = {
  ...plain('question'),
  title: '<!channel> **everybody** & 😀'.repeat(300),
  text: '<https://evil.example|click> [click](https://evil.example) `x` & <@U1> 😀'.repeat(500),
  details: Array.from({ length: 60 }, (_, i) => ({ name: `*Name* ${i}`, value: '&<>😀'.repeat(2_000) })),
  commands: Array.from({ length: 20 }, () => "az webapp <x> '&' 😀".repeat(500)),
}

export const messages: readonly Message[] = [
  ...kinds.map(plain),
  { ...plain('end'), details: [], commands: [] },
  overlong,
]
