import { type Change, defineChange } from '@cutover/core'

/** A change whose service costs nothing: what is left is the engine and its records (intent, outcome, settled). */
export function nothing(number: number): Change {
  let done = false
  return defineChange({
    id: `bench:set:${number}`,
    subject: `bench:${number}`,
    title: `Set ${number}`,
    intent: { number },
    lateMs: 0,
    capture: async () => ({
      name: 'api.example.com',
      type: 'CNAME',
      ttlSeconds: 300,
      values: ['d-1.execute-api.us-east-1.amazonaws.com'],
    }),
    probe: async () => (done ? { is: 'applied', seen: { number } } : { is: 'absent' }),
    apply: async (_before, { fence }) => {
      fence()
      done = true
    },
    revert: async () => {
      done = false
    },
    settle: async () => ({ number }),
  })
}
