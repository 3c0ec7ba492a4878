// Two services in processes of their own, asked at the same time over connections that are kept.
import { spawn } from 'node:child_process'
import { once } from 'node:events'

import { loadTest } from '@cutover/health-checks'
import { expect, onTestFinished, test } from 'vitest'

import { contextOf } from '../test/context.ts'

/** Answers after some milliseconds; a share of answers takes longer, and a share is a 503. Counts connections. */
const code = `
  const [slow, bad] = process.argv.slice(1).map(Number)
  let connections = 0
  const server = require('node:http').createServer((request, response) => {
    if (request.url === '/connections') return response.end(String(connections))
    const ms = 5 + Math.random() * 20 + (Math.random() < slow ? 150 : 0)
    setTimeout(() => response.writeHead(Math.random() < bad ? 503 : 200).end('ok'), ms)
  })
  server.on('connection', () => connections++)
  server.listen(0, '127.0.0.1', () => process.stdout.write(String(server.address().port)))`

async function service({ slow, bad }: { readonly slow: number; readonly bad: number }): Promise<string> {
  const child = spawn(process.execPath, ['-e', code, String(slow), String(bad)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(async () => {
    child.kill()
    await once(child, 'exit')
  })
  const [port] = (await once(child.stdout, 'data')) as [Buffer]
  return `http://127.0.0.1:${port.toString()}`
}

/** A machine that is busy with something else measures itself, and judges nothing, which is right: then once more. */
async function run(target: { readonly slow: number; readonly bad: number }) {
  const [source, other] = [await service({ slow: 0.05, bad: 0 }), await service(target)]
  const check = loadTest({
    source: { url: source },
    target: { url: other },
    requests: [{ path: '/orders/17' }],
    hosts: ['127.0.0.1'],
    ratePerSecond: 100,
    sourceShare: 1,
    for: '12s',
  })
  let answer = await check.run(contextOf())
  for (let tries = 1; tries < 5 && answer.evidence?.reason === 'own-machine'; tries++)
    answer = await check.run(contextOf())
  return { answer, connections: Number(await (await fetch(`${other}/connections`)).text()) }
}

const patient = { timeout: 150_000 }

test('a target that fails one request in ten breaks its budget, and the run ends early', patient, async () => {
  const { answer } = await run({ slow: 0.05, bad: 0.1 })

  expect(answer).toMatchObject({ status: 'fail', evidence: { reason: 'budget' } })
  expect(answer.text).toMatch(/the target's budget is spent: over 1 % bad .* the first: answered 503/)
  expect(answer.evidence?.ranMs).toBeLessThan(11_000)
})

test('a target that is slow ten times as often is worse than its source in the same seconds', patient, async () => {
  const { answer } = await run({ slow: 0.5, bad: 0 })

  expect(answer).toMatchObject({ status: 'fail', evidence: { reason: 'worse', verdict: { kind: 'rollback' } } })
})

test('a target like its source is not found worse, and connections are kept', patient, async () => {
  const { answer, connections } = await run({ slow: 0.05, bad: 0 })

  expect(answer.status).not.toBe('fail')
  expect(answer.evidence?.target?.sent).toBeGreaterThan(1_000)
  expect(connections).toBeLessThan(1_000)
})
