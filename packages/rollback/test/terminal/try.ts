import { type Change, CutoverError, defineChange, defineCheck } from '@cutover/core'
import { type Cutover, memoryJournal, runCutover } from '@cutover/rollback'
import { terminal } from '@cutover/rollback/terminal'
const mode = process.argv[2] ?? 'ok'
const state = new Map<string, string>()
const nap = (ms: number) => new Promise((r) => setTimeout(r, ms))
const step = (
  id: string,
  title: string,
  ms: number,
  o: { progress?: number; doubt?: boolean; wait?: boolean } = {},
): Change<string, { ok: true }> =>
  defineChange({
    id,
    subject: id,
    title,
    intent: 1,
    lateMs: 100,
    rerun: o.doubt ? 'never' : 'safe',
    capture: async () => state.get(id) ?? 'off',
    async probe() {
      if (o.doubt && state.has('tried'))
        return {
          is: 'unknown' as const,
          why: 'Storage Queue cannot say whether message 7f3a9c (order 18204) arrived; 7 of 14 moved, 6 wait in SQS, 1 in doubt, none lost',
        }
      return state.get(id) === 'on' ? { is: 'applied' as const, seen: { ok: true } } : { is: 'absent' as const }
    },
    async apply(_b, { report, clock }) {
      const n = o.progress ?? 0
      if (n > 0)
        for (let i = 0; i <= n; i += 500) {
          report({ kind: 'progress', done: i, total: n, unit: 'objects', etaMs: ((n - i) / n) * ms })
          await nap(ms / (n / 500))
          if (n === 0) break
        }
      if (o.wait) report({ kind: 'waiting', why: 'every resolver forgets the former TTL', until: clock.now() + ms })
      if (!n) await nap(ms)
      if (o.doubt) {
        state.set('tried', '1')
        throw new CutoverError('X', 'lost', { retryable: true })
      }
      state.set(id, 'on')
    },
    async revert() {
      await nap(300)
      state.set(id, 'off')
    },
    estimate: () => ({ applyMs: ms, revertMs: ms / 2 }),
    byHand: () => ({
      apply: [],
      revert: [],
      look: [
        'az storage message peek --queue-name orders --num-messages 32 --account-name orders --auth-mode login --output table',
      ],
    }),
  })
let asked = 0
const healthy = defineCheck({
  id: 'healthy',
  title: 'As healthy as Lambda (at most 1.5 × the errors)',
  async run() {
    await nap(100)
    asked++
    if (asked < 4) return { status: 'undecided', text: `quiet ${asked}s, needs 3s` }
    return mode === 'fail'
      ? {
          status: 'fail',
          text: 'Azure 4.9 % of 6,012 failed · Lambda 1.0 % of 5,988 · 3.2 to 7.4 × as many; chance that a healthy target looks so bad: under 5 %',
        }
      : { status: 'pass', text: '0.9 × the errors' }
  },
})
const outline = [
  { step: 'start', title: 'Start the app on Azure, listeners off, smoke test', estimateMs: 900 },
  { step: 'copy', title: 'Copy bucket orders-uploads → container uploads', estimateMs: 2000 },
  { step: 'ttl', title: 'Lower the TTL of api.example.com CNAME 300 → 30 s', estimateMs: 1500 },
  { step: 'queue/stop', title: 'Stop Lambda: queue', estimateMs: 900 },
  { step: 'nightly/stop', title: 'Stop Lambda: nightly', estimateMs: 600 },
  { step: 'messages', title: 'Move the last messages: SQS orders → queue orders', estimateMs: 1000 },
  { step: 'repoint', title: 'Point api.example.com at orders.azurewebsites.net', estimateMs: 31_000 },
  { step: 'healthy', title: 'As healthy as Lambda (at most 1.5 × the errors)', estimateMs: 720_000 },
]
const script = async (c: Cutover) => {
  await c.apply(step('start', 'Start the app on Azure, listeners off, smoke test', 900))
  await c.apply(step('copy', 'Copy bucket orders-uploads → container uploads', 2000, { progress: 18_204 }))
  console.log('copied, says the script')
  await c.apply(step('ttl', 'Lower the TTL of api.example.com CNAME 300 → 30 s', 1500, { wait: true }))
  await c.all({
    queue: (s) => s.apply(step('stop', 'Stop Lambda: queue', 1200)),
    nightly: (s) => s.apply(step('stop', 'Stop Lambda: nightly', 700)),
  })
  await c.apply(step('messages', 'Move the last messages: SQS orders → queue orders', 600, { doubt: mode === 'park' }))
  await c.apply(step('repoint', 'Point api.example.com at orders.azurewebsites.net', 500))
  await c.require(healthy, { within: '5s', every: '700ms' })
}
const screen = terminal({ rto: '10m', title: 'minimized downtime · Lambda → Functions' })
try {
  await runCutover(
    { id: 'orders', journal: memoryJournal(), onEvent: screen, outline, windowEndsAt: Date.now() + 3_600_000 },
    script,
  )
} catch (e) {
  if (!(e instanceof Error) || e.name !== 'CutoverError') throw e
  if (mode !== 'fail') console.log('---\n' + e.message)
} finally {
  screen.close()
}
