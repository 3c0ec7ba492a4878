import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

import { fakeWorld } from '@cutover/core/testing'
import { dnsAnswers, memoryHeadroom, noLegacyEndpoints } from '@cutover/health-checks'
import { appDependencies, workerExits } from '@cutover/health-checks/azure-monitor'
import { functionHostStatus } from '@cutover/health-checks/function-app'
import { insightsMemory, lambdaSettings } from '@cutover/health-checks/lambda'
import { inMemoryAzureMonitor, inMemoryCloudWatch } from '@cutover/health-checks/testing'
import { expect, test } from 'vitest'

import { contextOf } from '../context.ts'

const minute = 60_000

function logs() {
  const world = fakeWorld()
  const machine = inMemoryAzureMonitor(world)
  const { logsQueryClient: client, logMachine } = machine
  const options = { client, workspaceId: logMachine.workspaceId, app: 'orders', clock: world.clock }
  const at = world.clock.now() - 30 * minute
  return { world, machine, options, at }
}

test('workers that ended are counted, none is none, and without requests nobody knows', async () => {
  const { world, machine, options, at } = logs()
  const exits = workerExits(options)
  const { signal } = world

  const unknown = await exits({ signal })
  machine.recordRequests([{ from: at, to: at + minute, total: 10, bad: 0 }])
  const none = await exits({ signal })
  machine.partNext()
  const part = await exits({ signal })
  machine.recordWorkerExit(at)
  machine.recordWorkerExit(at, { app: 'other' })
  const one = await exits({ signal })

  expect([unknown, none, part, one]).toEqual([undefined, 0, 0, 1])
})

test('a worker that ended fails the headroom of its memory', async () => {
  const { world, machine, options, at } = logs()
  machine.recordRequests([{ from: at, to: at + minute, total: 10, bad: 0 }])
  machine.recordWorkerExit(at)
  const peak = { name: 'lambda:orders', peak: () => Promise.resolve({ megabytes: 10, executions: 5_000 }) }

  const check = memoryHeadroom(peak, { instanceMemoryMb: 2_048, perInstance: 1, restarts: workerExits(options) })

  expect(await check.run(contextOf(world))).toMatchObject({ status: 'fail', evidence: { restarts: 1 } })
})

test('calls of the past hour alone are looked at', async () => {
  const { machine, options, at } = logs()
  machine.recordDependency('new.example.com', at)
  machine.recordDependency('old.example.com', at - 120 * minute)

  expect(await appDependencies(options).found()).toEqual({ 'new.example.com': ['new.example.com'] })
})

test('memory is the highest of the hourly percentiles, of all executions', async () => {
  const world = fakeWorld()
  const service = inMemoryCloudWatch(world)
  const metric = {
    namespace: 'LambdaInsights',
    metric: 'used_memory_max',
    dimensions: { function_name: 'orders' },
  }
  const hour = Math.floor(world.clock.now() / 3_600_000) * 3_600_000
  service.record(metric, { at: hour - 7_200_000, value: 120, times: 5_000 })
  service.record(metric, { at: hour - 7_200_000, value: 900, times: 1 })
  service.record(metric, { at: hour - 86_400_000, value: 150.5, times: 2_000 })

  const source = insightsMemory({ client: service.client, functionName: 'orders', clock: world.clock })

  expect(await source.peak()).toEqual({ megabytes: 151, executions: 7_001 })
  expect(
    await insightsMemory({ client: service.client, functionName: 'none', clock: world.clock }).peak(),
  ).toBeUndefined()
})

test('variables that could not be decrypted are not taken for none', async () => {
  const Environment = { Error: { ErrorCode: 'AccessDeniedException', Message: 'KMS' } }
  const client = { getFunctionConfiguration: () => Promise.resolve({ Environment }) }

  await expect(lambdaSettings({ client, functionName: 'orders' }).settings()).rejects.toMatchObject({
    code: 'HEALTH_NOT_AUTHORIZED',
    next: 'Allow kms:Decrypt',
  })
})

test('aliases are followed to where they lead', async () => {
  const aliases: Record<string, string> = {
    'api.example.com': 'front.example.com',
    'front.example.com': 'd1.cloudfront.net',
  }
  const resolver = {
    resolveCname: (name: string) =>
      name in aliases
        ? Promise.resolve([aliases[name] ?? ''])
        : Promise.reject(Object.assign(new Error(name), { code: name.startsWith('gone') ? 'ENOTFOUND' : 'ENODATA' })),
  }
  const ask = (...names: string[]) => noLegacyEndpoints({ dns: dnsAnswers({ resolver, names }) }).run(contextOf())

  expect(await ask('api.example.com', 'www.example.com')).toMatchObject({
    status: 'fail',
    text: 'the name api.example.com leads to d1.cloudfront.net',
    evidence: { looked: { dns: 4 } },
  })
  await expect(ask('gone.example.com')).rejects.toMatchObject({ code: 'HEALTH_SOURCE_UNAVAILABLE', retryable: true })
})

test('a Functions host is asked with its key, which is in no error', async () => {
  let status = 200
  let body = JSON.stringify({ state: 'Running', errors: ['The listener for accept was unable to start'] })
  const asked: (string | undefined)[] = []
  const server = createServer((request, response) => {
    asked.push(`${request.url} ${String(request.headers['x-functions-key'])}`)
    response.writeHead(status, { 'content-type': 'application/json' }).end(body)
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => void server.once('listening', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const host = functionHostStatus({ url, masterKey: () => Promise.resolve('hunter2'), fetch })

  const running = await host()
  status = 401
  const refused: unknown = await host().catch((error: unknown) => error)
  status = 200
  body = '<html>'
  const unreadable: unknown = await host().catch((error: unknown) => error)
  server.closeAllConnections()
  server.close()

  expect(running).toEqual({ state: 'Running', errors: ['The listener for accept was unable to start'] })
  expect(asked[0]).toBe('/admin/host/status hunter2')
  expect(refused).toMatchObject({ code: 'HEALTH_NOT_AUTHORIZED' })
  expect(unreadable).toMatchObject({ code: 'HEALTH_SOURCE_UNAVAILABLE', retryable: true })
  expect(String(refused) + String(unreadable)).not.toContain('hunter2')
})
