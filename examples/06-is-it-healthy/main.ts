// npm start -- 06-is-it-healthy: source and target answer over HTTP; the gate decides whether the target is as good.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'

import { healthGate, httpProbe, measureSource, planGate, requestCounts } from '@cutover/health-checks'
import { systemClock as clock, type Verdict, waitFor } from '@cutover/health-checks'

const over = new AbortController()
const [source, target] = [await side(), await side()]
await pause(2_000)

console.log('1  Before the night: how long will it take?')
const measured = await measureSource(source.counts)
if (measured) console.log(`   ${planGate({ ...measured, split: 0.5, horizon: '2m' }).text}`)

console.log('\n2  Both are well')
const well = await night()

console.log('\n3  Half a second after the start the target begins to fail one request in three')
setTimeout(() => (target.failsOneIn = 3), 500)
const ill = await night()

over.abort()
console.log(`\n${JSON.stringify({ well: well?.kind, ill: ill?.kind, alpha: ill?.alpha, ratio: ill?.ratio })}`)
process.exit(well?.kind === 'promote' && ill?.kind === 'rollback' ? 0 : 1)

/** A server that fails one request in 25, and a client that asks it all the time and counts what it is told. */
async function side() {
  const made = { failsOneIn: 25, counts: requestCounts({ every: '200ms' }) }
  let asked = 0
  const server = createServer((_, answer) => void answer.writeHead(++asked % made.failsOneIn ? 200 : 503).end('ok'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const probe = httpProbe({ url: 'http://api.example.test/', address: '127.0.0.1', port })
  void (async () => {
    while (!over.signal.aborted) {
      const { status } = await probe.run({ clock, signal: over.signal, key: '', fence() {}, report() {} })
      if (status !== 'undecided') made.counts.seen({ bad: status === 'fail' })
    }
  })().catch(() => {})
  return made
}

/** Asks the gate until it is decided, and shows once a second what it says. */
async function night(): Promise<Verdict | undefined> {
  let [last, shownAt]: [Verdict | undefined, number] = [undefined, 0]
  const gate = healthGate({ source: source.counts, target: target.counts, horizon: '2m', maxRatio: 1.5 })
  const report = ({ data, at, text }: { data: unknown; at: number; text: string }): void => {
    last = data as Verdict
    const isFinal = last.kind === 'promote' || last.kind === 'rollback'
    if (isFinal || at > shownAt + 1_000) console.log(`   ${text}`)
    if (at > shownAt + 1_000) shownAt = at
  }
  const onEvent = (event: Parameters<typeof report>[0] | object): void => void ('data' in event && report(event))
  await waitFor(gate, { within: '2m', every: '200ms', onEvent }).catch(() => {})
  return last
}
