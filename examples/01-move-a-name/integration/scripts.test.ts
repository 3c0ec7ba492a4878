// The short scripts of this folder, as they stand, in processes of their own: real SDKs over HTTP to clouds on this machine.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { describe, expect, test } from 'vitest'

import { aws, embeddedClouds } from '../embedded/clouds.ts'

const azure = 'orders.azurewebsites.net'

async function run(clouds: Awaited<ReturnType<typeof setUp>>, script: string, ...more: readonly string[]) {
  const child = spawn(process.execPath, [join(import.meta.dirname, '..', script), ...more], {
    cwd: clouds.directory,
    env: { ...process.env, ...clouds.environment },
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => void (said += String(data)))
  const [code] = (await once(child, 'exit')) as [number]
  return { code, said }
}

async function setUp(options: Parameters<typeof embeddedClouds>[0]) {
  const clouds = await embeddedClouds(options)
  const directory = await mkdtemp(join(tmpdir(), 'move-a-name-'))
  return Object.assign(clouds, { directory })
}

const atAws = (clouds: Awaited<ReturnType<typeof setUp>>) => {
  const [set] = clouds.route53.records
  return [set?.ResourceRecords?.[0]?.Value, set?.TTL]
}

describe.concurrent('the scripts, as they stand', { timeout: 200_000 }, () => {
  test('shortest.ts moves the name', async () => {
    await using clouds = await setUp({ ttlSeconds: 2 })

    const { code, said } = await run(clouds, 'shortest.ts')

    expect({ code, said }).toEqual({ code: 0, said: '' })
    expect(atAws(clouds)).toEqual([azure, 2])
  })

  test('shortest-journalled.ts moves it, having waited for the former TTL; --back goes back', async () => {
    await using clouds = await setUp({ ttlSeconds: 31 })

    expect((await run(clouds, 'shortest-journalled.ts')).code).toBe(0)
    expect(atAws(clouds)).toEqual([azure, 30])
    const back = await run(clouds, 'shortest-journalled.ts', '--back')

    expect(back.said).toMatch(/CUTOVER_ROLLED_BACK/)
    expect(atAws(clouds)).toEqual([aws, 31])
    expect(await readFile(join(clouds.directory, 'move-api.jsonl'), 'utf8')).toMatch(/"closed"/)
  })

  test('switch-api-route53.ts plans, moves and says by when everybody has it', async () => {
    await using clouds = await setUp({ ttlSeconds: 31 })

    const { code, said } = await run(clouds, 'switch-api-route53.ts')

    expect(code).toBe(0)
    expect(said).toMatch(/Everybody has the new answer by 20/)
    expect(atAws(clouds)).toEqual([azure, 30])
  })

  test('switch-api-route53.ts puts everything back when the target is not well', async () => {
    await using clouds = await setUp({ isWell: false, ttlSeconds: 2 })

    const { code, said } = await run(clouds, 'switch-api-route53.ts')

    expect(code).toBe(1)
    expect(said).toMatch(/health answered 500/)
    expect(atAws(clouds)).toEqual([aws, 2])
    expect(clouds.route53.writes).toHaveLength(2)
  })

  test('switch-api-azure-dns.ts does the same with the zone in Azure DNS', async () => {
    await using clouds = await setUp({ ttlSeconds: 2 })

    const { code, said } = await run(clouds, 'switch-api-azure-dns.ts')

    expect({ code, said: said.match(/Error.*/)?.[0] }).toEqual({ code: 0, said: undefined })
    expect(clouds.machine.get('api', 'CNAME')).toMatchObject({ ttl: 2, cnameRecord: { cname: azure } })
  })
})
