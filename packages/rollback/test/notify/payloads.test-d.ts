import type { FetchLike, SlackPayload } from '@cutover/rollback/notify'
import type { KnownBlock } from '@slack/types'
import { expectTypeOf, test } from 'vitest'

test('what is sent to Slack are blocks as its own types know them', () => {
  expectTypeOf<SlackPayload['blocks']>().toExtend<KnownBlock[]>()
  expectTypeOf<{ type: 'sektion' }[]>().not.toExtend<KnownBlock[]>()
})

test('the global fetch fits', () => {
  expectTypeOf<typeof fetch>().toExtend<FetchLike>()
})
