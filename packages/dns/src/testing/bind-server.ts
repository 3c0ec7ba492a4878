import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { knownOptions, systemClock } from '@cutover/core'

import { checkKeyFields } from '../rfc2136/tsig-key.ts'

/** Debian puts servers where a user's PATH does not look. */
const env = (): NodeJS.ProcessEnv => ({ ...process.env, PATH: `${process.env['PATH']}:/usr/sbin:/usr/local/sbin` })

const installed = (command: string): boolean => spawnSync(command, ['-V'], { env: env() }).status === 0

/** What to install, when something is missing; it starts `named -V` to find out. */
export function missingBind(): string | undefined {
  return installed('named') && installed('nsupdate')
    ? undefined
    : 'BIND is not installed: apt-get install bind9 bind9-dnsutils'
}

export interface BindZone {
  readonly name: string
  /** Lines of a zone file, besides SOA and NS. */
  readonly records?: string
  /** @default every key may change everything */
  readonly updatePolicy?: string
  /** `key "cutover";` @default whoever asks from the loopback, and every key */
  readonly allowTransfer?: string
  /** BIND makes keys and signs the zone, also what an update brings. @default false */
  readonly dnssec?: boolean
}

export interface BindKey {
  readonly name: string
  readonly secret: string
  readonly algorithm?: 'hmac-sha256' | 'hmac-sha512'
}

export interface BindServer extends AsyncDisposable {
  readonly port: number
  /** Of this very process, to stop and continue it. */
  readonly process: ChildProcess
}

/**
 * Starts BIND on an unprivileged port of the loopback, its files in a directory that goes with it: a primary for the zones,
 * which tells a secondary of every change; or that secondary.
 */
export async function bindServer(
  zones: readonly BindZone[],
  keys: readonly BindKey[],
  role: { readonly port?: number; readonly notify?: number; readonly primary?: number } = {},
): Promise<BindServer> {
  known(role, ['port', 'notify', 'primary'], 'bindServer')
  for (const zone of zones) known(zone, ['name', 'records', 'updatePolicy', 'allowTransfer', 'dnssec'], 'a zone')
  keys.forEach(checkKeyFields)
  const port = role.port ?? (await freePort())
  const directory = await mkdtemp(join(tmpdir(), 'cutover-bind-'))
  const statements = [
    `options { directory "${directory}"; listen-on port ${port} { 127.0.0.1; }; listen-on-v6 { none; }; recursion no;`,
    `  pid-file none; session-keyfile "${directory}/session.key"; dnssec-validation no; notify-delay 0;`,
    `  notify ${role.notify ? 'explicit' : 'no'};`,
    ...(role.notify ? [`  also-notify { 127.0.0.1 port ${role.notify}; };`] : []),
    '};',
    'controls { };',
    ...keys.map(
      ({ name, secret, algorithm = 'hmac-sha256' }) => `key "${name}" { algorithm ${algorithm}; secret "${secret}"; };`,
    ),
  ]
  for (const { name, records = '', updatePolicy, allowTransfer, dnssec = false } of zones) {
    const policy = updatePolicy ?? keys.map((key) => `grant ${key.name} zonesub ANY;`).join(' ')
    const readers = allowTransfer ?? ['127.0.0.1;', ...keys.map((key) => `key "${key.name}";`)].join(' ')
    const common = `file "${name}.db"; allow-transfer { ${readers} };`
    const signing = dnssec ? `dnssec-policy default; key-directory "${directory}";` : ''
    statements.push(
      role.primary
        ? `zone "${name}" { type secondary; ${common} primaries { 127.0.0.1 port ${role.primary}; }; };`
        : `zone "${name}" { type primary; ${common} ${signing} update-policy { ${policy} }; };`,
    )
    const head = ['$TTL 300', '@ SOA ns1 hostmaster 1 3600 600 604800 60', '@ NS ns1', 'ns1 A 127.0.0.1']
    if (!role.primary) await writeFile(join(directory, `${name}.db`), `${head.join('\n')}\n${records}\n`)
  }
  const config = join(directory, 'named.conf')
  await writeFile(config, statements.join('\n'))
  const child = spawn('named', ['-g', '-c', config], { env: env(), stdio: ['ignore', 'ignore', 'pipe'] })
  await running(child)
  return {
    port,
    process: child,
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null) {
        child.kill('SIGCONT')
        child.kill('SIGTERM')
        await once(child, 'exit')
      }
      await rm(directory, { recursive: true, force: true })
    },
  }
}

const known = (given: object, names: readonly string[], where: string): void =>
  knownOptions(given, names, 'DNS_OPTION_INVALID', where)

/** With `-g` it logs to stderr: until it says that it runs. One that does not is ended, and what it logged is told. */
async function running(child: ChildProcess): Promise<void> {
  let log = ''
  const late = new AbortController()
  // Also when the test itself is stopped in the middle.
  process.once('exit', () => child.kill('SIGKILL'))
  try {
    await new Promise<void>((resolve, reject) => {
      child.once('error', reject)
      child.once('exit', () => reject(new Error('named ended')))
      child.stderr?.on('data', (chunk: Buffer) => {
        log = (log + chunk.toString()).slice(-20_000)
        if (/\srunning\n/.test(log)) resolve()
      })
      systemClock.sleep(20_000, { signal: late.signal }).then(
        () => reject(new Error('named does not come up')),
        () => {},
      )
    })
  } catch (cause) {
    child.kill('SIGKILL')
    throw new Error(log, { cause })
  } finally {
    late.abort()
  }
}

export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  await new Promise((resolve) => probe.close(resolve))
  return port
}
