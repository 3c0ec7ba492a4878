// says: Write `capture` first: the type of `before` follows from it
import { defineChange } from '@cutover/core'

export const change = defineChange({
  id: 'x',
  subject: 'x',
  title: 'Do x',
  intent: {},
  lateMs: 0,
  async apply(before) {
    before.etag.trim()
  },
  probe: async () => ({ is: 'absent' }),
  revert: async () => {},
  capture: async ({ signal }) => ({ etag: signal.aborted ? 'a' : 'b' }),
})
