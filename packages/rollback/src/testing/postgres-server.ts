import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, globSync } from 'node:fs'
import { chown, mkdtemp, rm } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'

import { systemClock } from '@cutover/core'

export interface PostgresServer extends AsyncDisposable {
  readonly port: number
  /** `postgres://cutover@127.0.0.1:PORT/postgres`, as a superuser, without a password. */
  readonly url: string
  /** Ends it as a loss of power would, and starts it again on the same data. */
  crash(): Promise<void>
}

/** What to install, when it is missing. */
export function missingPostgres(): string | undefined {
  return programs() === undefined ? 'PostgreSQL is not installed: apt-get install postgresql' : undefined
}

/**
 * Starts PostgreSQL of its own on a free port of the loopback, its data in a directory that goes with it; it flushes as one in
 * production does. It takes no superuser of the machine: root starts it as `postgres`.
 *
 * @param settings `{ wal_writer_delay: '10s' }`
 */
export async function postgresServer(settings: Readonly<Record<string, string>> = {}): Promise<PostgresServer> {
  const bin = programs()
  if (bin === undefined) throw new Error(missingPostgres())
  const user = process.getuid?.() === 0 ? { uid: idOf('-u'), gid: idOf('-g') } : {}
  const directory = await mkdtemp(join(tmpdir(), 'cutover-postgres-'))
  if (user.uid !== undefined && user.gid !== undefined) await chown(directory, user.uid, user.gid)
  const data = join(directory, 'data')
  await promisify(execFile)(
    join(bin, 'initdb'),
    ['-D', data, '--username=cutover', '--auth=trust', '--encoding=UTF8', '--locale=C.UTF-8', '--no-sync'],
    user,
  )
  const port = await freePort()
  const set = { listen_addresses: '127.0.0.1', unix_socket_directories: directory, port: String(port), ...settings }
  const parameters = ['-D', data, ...Object.entries(set).flatMap(([name, to]) => ['-c', `${name}=${to}`])]
  const start = (): Promise<ChildProcess> =>
    running(spawn(join(bin, 'postgres'), parameters, { ...user, stdio: ['ignore', 'ignore', 'pipe'] }))
  let child = await start()
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill(signal)
    await once(child, 'exit')
  }
  return {
    port,
    url: `postgres://cutover@127.0.0.1:${port}/postgres`,
    async crash() {
      await end('SIGQUIT')
      child = await start()
    },
    async [Symbol.asyncDispose]() {
      await end('SIGINT')
      await rm(directory, { recursive: true, force: true })
    },
  }
}

/** Debian keeps the programs of a server out of the way, one directory for each version. */
function programs(): string | undefined {
  const found = [
    ...globSync('/usr/lib/postgresql/*/bin').sort((a, b) => versionIn(b) - versionIn(a)),
    ...(process.env['PATH'] ?? '').split(':'),
  ]
  return found.find((directory) => ['initdb', 'postgres'].every((name) => existsSync(join(directory, name))))
}

const versionIn = (bin: string): number => Number(dirname(bin).split('/').at(-1))

const idOf = (which: '-u' | '-g'): number => Number(execFileSync('id', [which, 'postgres'], { encoding: 'utf8' }))

/** It logs to stderr: until it says that it is ready. One that does not is ended, and what it logged is told. */
async function running(child: ChildProcess): Promise<ChildProcess> {
  let log = ''
  const late = new AbortController()
  // Also when the test itself is stopped in the middle.
  process.once('exit', () => child.kill('SIGQUIT'))
  try {
    await new Promise<void>((resolve, reject) => {
      child.once('error', reject)
      child.once('exit', () => reject(new Error('postgres ended')))
      child.stderr?.on('data', (chunk: Buffer) => {
        log = (log + chunk.toString()).slice(-20_000)
        if (log.includes('ready to accept connections')) resolve()
      })
      systemClock.sleep(40_000, { signal: late.signal }).then(
        () => reject(new Error('postgres does not come up')),
        () => {},
      )
    })
    return child
  } catch (cause) {
    child.kill('SIGQUIT')
    throw new Error(log, { cause })
  } finally {
    late.abort()
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  await new Promise((resolve) => probe.close(resolve))
  return port
}
