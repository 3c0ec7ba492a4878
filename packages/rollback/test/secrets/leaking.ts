// Run as a process of its own: a service whose refusals carry secrets, and nobody who catches anything.
// node leaking.ts DIRECTORY SECRET
import { type Change, type CutoverEvent, defineChange } from '@cutover/core'
import { fileJournal, fileSheet, runCutover } from '@cutover/rollback'
import { slack, teams, webhook } from '@cutover/rollback/notify'
import { terminal } from '@cutover/rollback/terminal'

const [directory = '', secret = '', port = ''] = process.argv.slice(2)
const url = `http://127.0.0.1:${port}/services/${secret}`
let isOn = false

const turn = (id: string, isRefused: boolean): Change<string, null> =>
  defineChange({
    id,
    subject: id,
    title: `Turn ${id} on`,
    intent: {},
    lateMs: 1,
    capture: async () => 'off',
    probe: async () => (isOn && !isRefused ? { is: 'applied', seen: null } : { is: 'absent' }),
    async apply(_before, { report }) {
      report({ kind: 'note', code: 'SENT', data: { header: `Bearer ${secret}` }, text: `sent with Bearer ${secret}` })
      const refusal = Object.assign(new Error(`403 for AccountKey=${secret}==`, { cause: new Error(url) }), {
        request: { headers: { authorization: `SharedKey orders:${secret}` } },
      })
      if (isRefused) throw refusal
      isOn = true
    },
    async revert() {
      isOn = false
    },
    byHand: () => ({ apply: [], revert: [`az set --connection-string 'AccountKey=${secret}'`], look: [] }),
  })

const show = terminal()
await runCutover(
  {
    id: 'leaking',
    journal: fileJournal(`${directory}/journal.jsonl`),
    sheet: fileSheet(`${directory}/sheet.md`),
    onEvent: [show, (event: CutoverEvent) => console.log(JSON.stringify(event))],
    notify: [webhook({ url }), teams({ url }), slack({ url })],
    secrets: [secret],
    patience: '1s',
    interruptible: false,
  },
  async (cutover) => {
    await cutover.apply(turn('a', false))
    await cutover.apply(turn('b', true))
  },
)
