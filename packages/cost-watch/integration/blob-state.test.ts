// The kept state of a watch, in Azurite through the SDK's own client.
import type { ContainerClient } from '@azure/storage-blob'
import { blobState } from '@cutover/cost-watch/azure'
import { afterAll, beforeAll, expect, test } from 'vitest'

import { type Azurite, startAzurite } from './azurite.ts'

let azurite: Azurite
let container: ContainerClient
beforeAll(async () => {
  azurite = await startAzurite('cutover')
  container = azurite.service.getContainerClient('cutover')
})
afterAll(() => azurite[Symbol.asyncDispose]())

test('what was written is read by another process; before, there is nothing', async () => {
  const first = blobState(container, 'one.json')

  expect(await first.read()).toBeUndefined()
  await first.write('{"größe":1}')
  await first.write('{"größe":2}')

  expect(await blobState(container, 'one.json').read()).toBe('{"größe":2}')
})

test('of two watches that began from the same state the later one is refused, and goes on from the other’s', async () => {
  const [one, other] = [blobState(container, 'two.json'), blobState(container, 'two.json')]
  await Promise.all([one.read(), other.read()])
  await one.write('1')

  await expect(other.write('2')).rejects.toMatchObject({ code: 'COST_CONFLICT', retryable: true })
  await one.write('3')
  await expect(other.write('2')).rejects.toMatchObject({ code: 'COST_CONFLICT' })

  expect(await other.read()).toBe('3')
  await other.write('4')
  expect(await one.read()).toBe('4')
})

test('a container that is not there is no empty state', async () => {
  const state = blobState(azurite.service.getContainerClient('elsewhere'), 'one.json')

  await expect(state.read()).rejects.toMatchObject({ code: 'COST_NOT_FOUND' })
})

test('an abort is passed on unchanged', async () => {
  const reason = new Error('enough')

  await expect(blobState(container, 'one.json').read({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
})
