// says: before.at is a Date, which comes back as a string: keep epoch milliseconds
import { defineChange } from '@cutover/core'

export const change = defineChange({
  id: 'x',
  subject: 'x',
  title: 'Do x',
  intent: {},
  lateMs: 0,
  capture: async () => ({ at: new Date(), name: 'a' }),
  probe: async () => ({ is: 'absent' }),
  apply: async () => {},
  revert: async () => {},
})
