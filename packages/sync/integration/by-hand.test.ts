// The printed commands: the real AWS CLI against fauxqs; `az` as the calls that it makes, against Azurite.
import { execFile, spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'

import { fakeWorld } from '@cutover/core/testing'
import { apply, caughtUp, follow, link, turnLink, waitFor } from '@cutover/sync'
import { s3Store } from '@cutover/sync/aws'
import { blobStore } from '@cutover/sync/azure'
import { inMemoryLedger } from '@cutover/sync/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { clients, type Clients, type Servers, servers } from './servers.ts'

const missing = spawnSync('aws', ['--version']).status !== 0
if (missing) {
  const text = 'the AWS CLI is not installed: pip install awscli'
  if (process.env['CUTOVER_REQUIRE_SERVERS'] === '1') throw new Error(text)
  console.warn(`skipped: ${text}`)
}

describe.skipIf(missing)('by hand', () => {
  let running: Servers
  let cloud: Clients
  let directory: string

  beforeAll(async () => {
    running = await servers()
    cloud = clients(running.endpoints)
    directory = await mkdtemp(join(tmpdir(), 'cutover-by-hand-'))
  })
  afterAll(async () => {
    await running[Symbol.asyncDispose]()
    await rm(directory, { recursive: true, force: true })
  })

  /** Types a command; `az` only says what it was given. */
  async function type(command: string): Promise<readonly string[]> {
    const { stdout } = await promisify(execFile)('sh', ['-c', `az() { printf '%s\\0' az "$@"; }; ${command}`], {
      cwd: directory,
      env: {
        PATH: process.env['PATH'],
        HOME: directory,
        AWS_ENDPOINT_URL: running.endpoints.aws,
        AWS_DEFAULT_REGION: 'us-east-1',
        AWS_ACCESS_KEY_ID: 'test',
        AWS_SECRET_ACCESS_KEY: 'test',
        // fauxqs does not know the trailing checksums that the CLI sends by default.
        AWS_REQUEST_CHECKSUM_CALCULATION: 'when_required',
      },
    })
    const words = stdout.split('\0')
    if (words[0] === 'az') await az(words)
    return words
  }

  /** `az storage blob download-batch`, as its API calls. */
  async function az(words: readonly string[]): Promise<void> {
    const option = (name: string): string => words[words.indexOf(name) + 1] ?? ''
    expect(words.slice(0, 4)).toEqual(['az', 'storage', 'blob', 'download-batch'])
    expect(option('--account-name')).toBe('devstoreaccount1')
    const prefix = words.includes('--pattern') ? option('--pattern').replace(/\*$/, '') : ''
    const container = cloud.container(option('--source'))
    for await (const { name } of container.listBlobsFlat({ prefix })) {
      const path = join(directory, option('--destination'), name)
      await mkdir(dirname(path), { recursive: true })
      await writeFile(path, await container.getBlockBlobClient(name).downloadToBuffer())
    }
  }

  test.each([
    ['', 'uploads'],
    ['in box/', 'boxed'],
  ])('what was written at the target is brought back, with the prefix "%s"', async (prefix, name) => {
    const lateMs = 100
    const container = cloud.container(name)
    await container.create()
    await cloud.s3.createBucket({ Bucket: name })
    const put = (key: string, body: string) => cloud.s3.putObject({ Bucket: name, Key: prefix + key, Body: body })
    await put('a.txt', 'A')
    await put('deep/b $x.txt', 'B')
    if (prefix !== '') await cloud.s3.putObject({ Bucket: name, Key: 'elsewhere.txt', Body: 'not ours' })
    const from = s3Store({
      client: cloud.s3,
      bucket: name,
      prefix,
      conditionalWrites: false,
      sortedListing: false,
      lateMs,
    })
    const to = blobStore({ container, prefix, lateMs })
    const uploads = link(name, { from, to, ledger: inMemoryLedger(fakeWorld()), every: '1s' })
    const following = await apply(follow(uploads))
    await waitFor(caughtUp(uploads), { within: '20s' })
    await apply(turnLink(uploads))
    await following.detach()
    const write = (key: string, body: string) => container.getBlockBlobClient(prefix + key).upload(body, body.length)
    await write('a.txt', 'A at Azure')
    await write('new.txt', 'N')
    const byHand = turnLink(uploads).byHand?.({ authority: 'from' })
    const commands = (byHand?.revert ?? []).filter((line) => /^[a-z]/.test(line))

    for (const command of commands) await type(command)

    const read = async (key: string) =>
      (await cloud.s3.getObject({ Bucket: name, Key: prefix + key })).Body?.transformToString()
    expect(await Promise.all(['a.txt', 'deep/b $x.txt', 'new.txt'].map(read))).toEqual(['A at Azure', 'B', 'N'])
    expect(commands).toHaveLength(2)
    expect((await type(byHand?.look[0] ?? '')).join('')).toContain('Total Objects: 3')
    expect(await readFile(join(directory, 'by-hand', name, `${prefix}new.txt`), 'utf8')).toBe('N')
  })
})
