// Real recursive resolvers on unprivileged ports of the loopback, which ask one authoritative server for one zone.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { systemClock } from '@cutover/dns'
import { dnsResolver } from '@cutover/dns/resolver'
import { freePort } from '@cutover/dns/testing'

/** Debian puts servers where a user's PATH does not look. */
const env = { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin:/usr/local/sbin` }

export interface LabResolver extends AsyncDisposable {
  /** What a test reads: `unbound`, `unbound prefetch`. */
  readonly name: string
  readonly daemon: Daemon
  readonly port: number
  readonly process: ChildProcess
}

export type Daemon = 'unbound' | 'bind' | 'dnsmasq' | 'pdns' | 'kresd'

/** How each is found, and what brings it. */
const commands: Readonly<
  Record<Daemon, { readonly command: string; readonly version: string; readonly from: string }>
> = {
  unbound: { command: 'unbound', version: '-V', from: 'unbound' },
  bind: { command: 'named', version: '-V', from: 'bind9' },
  dnsmasq: { command: 'dnsmasq', version: '--version', from: 'dnsmasq-base' },
  pdns: { command: 'pdns_recursor', version: '--version', from: 'pdns-recursor' },
  kresd: { command: 'kresd', version: '--version', from: 'knot-resolver' },
}

const isInstalled = (daemon: Daemon): boolean => {
  const { command, version } = commands[daemon]
  return spawnSync(command, [version], { env }).error === undefined
}

/** What to install, when one of these is missing. */
export function missingDaemons(...daemons: readonly Daemon[]): string | undefined {
  const missing = daemons.filter((daemon) => !isInstalled(daemon))
  if (missing.length === 0) return undefined
  return `${missing.join(', ')} not installed: apt-get install ${missing.map((daemon) => commands[daemon].from).join(' ')}`
}

interface Where {
  readonly directory: string
  readonly port: number
  /** The authoritative server's port, and its zones. */
  readonly authority: number
  readonly zones: readonly string[]
  /** Lines of the daemon's own configuration. */
  readonly extra: readonly string[]
}

/** The file that each is configured by, and the arguments that it takes; all stay in the foreground. */
const configurations: Readonly<
  Record<Daemon, (where: Where) => { readonly config: string; readonly args: (file: string) => string[] }>
> = {
  unbound: ({ directory, port, authority, zones, extra }) => ({
    config: [
      'server:',
      `  directory: "${directory}"`,
      '  chroot: ""\n  username: ""\n  pidfile: ""\n  use-syslog: no\n  do-daemonize: no\n  num-threads: 1',
      `  interface: 127.0.0.1@${port}`,
      // One process for each of 30 resolvers: what it keeps ready for more is not needed.
      '  do-not-query-localhost: no\n  module-config: "iterator"\n  outgoing-range: 64\n  num-queries-per-thread: 32',
      '  msg-cache-size: 256k\n  rrset-cache-size: 256k\n  key-cache-size: 64k\n  neg-cache-size: 64k\n  infra-cache-numhosts: 16',
      ...extra.map((line) => `  ${line}`),
      ...zones.map((zone) => `stub-zone:\n  name: "${zone}"\n  stub-addr: 127.0.0.1@${authority}`),
      'remote-control:\n  control-enable: no\n',
    ].join('\n'),
    args: (file) => ['-d', '-p', '-c', file],
  }),
  bind: ({ directory, port, authority, zones, extra }) => ({
    config: [
      `options { directory "${directory}"; listen-on port ${port} { 127.0.0.1; }; listen-on-v6 { none; }; recursion yes;`,
      `  pid-file none; session-keyfile "${directory}/session.key"; dnssec-validation no; max-cache-size 4m;`,
      ...extra,
      '};',
      'controls { };',
      ...zones.map(
        (zone) => `zone "${zone}" { type forward; forward only; forwarders { 127.0.0.1 port ${authority}; }; };`,
      ),
    ].join('\n'),
    args: (file) => ['-g', '-n', '1', '-c', file],
  }),
  dnsmasq: ({ port, authority, zones, extra }) => ({
    config: [
      `port=${port}\nlisten-address=127.0.0.1\nbind-interfaces\nno-resolv\nno-hosts\nuser=\ngroup=\npid-file=`,
      `server=/${zones.join('/')}/127.0.0.1#${authority}\ncache-size=10000`,
      ...extra,
    ].join('\n'),
    args: (file) => ['--keep-in-foreground', `--conf-file=${file}`],
  }),
  pdns: ({ directory, port, authority, zones, extra }) => ({
    config: [
      `local-address=127.0.0.1\nlocal-port=${port}\ndaemon=no\nsocket-dir=${directory}\ndnssec=off\nquiet=yes\nthreads=1`,
      `setuid=\nsetgid=\nsecurity-poll-suffix=\nhint-file=no\nwrite-pid=no`,
      `forward-zones=${zones.map((zone) => `${zone}=127.0.0.1:${authority}`).join(',')}`,
      ...extra,
    ].join('\n'),
    args: (file) => [`--config-dir=${file.slice(0, file.lastIndexOf('/'))}`],
  }),
  kresd: ({ port, authority, zones, extra }) => ({
    config: [
      `net.listen('127.0.0.1', ${port}, { kind = 'dns' })`,
      "trust_anchors.remove('.')",
      'cache.size = 10 * MB',
      // STUB would keep every answer for 5 s and no longer.
      `policy.add(policy.suffix(policy.FORWARD('127.0.0.1@${authority}'), {`,
      `  ${zones.map((zone) => `todname('${zone}.')`).join(', ')} }))`,
      ...extra,
      '',
    ].join('\n'),
    args: (file) => ['-n', '-c', file, file.slice(0, file.lastIndexOf('/'))],
  }),
}

export interface LabOptions {
  /** Its port; all zones are asked there, whatever their NS records say. */
  readonly authority: number
  /** The first has an A record `ready`. */
  readonly zones: readonly string[]
  /** @default the daemon's */
  readonly name?: string
  /** Lines of the daemon's own configuration. */
  readonly extra?: readonly string[]
}

const alive = new Set<ChildProcess>()
// Also when the test itself is stopped in the middle.
process.once('exit', () => {
  for (const child of alive) child.kill('SIGKILL')
})

/** Starts one resolver; it has answered when this resolves. Its files, its cache too, go with it. */
export async function labResolver(daemon: Daemon, options: LabOptions): Promise<LabResolver> {
  const { authority, zones, name = daemon, extra = [] } = options
  const port = await freePort()
  const directory = await mkdtemp(join(tmpdir(), `cutover-${daemon}-`))
  const { config, args } = configurations[daemon]({ directory, port, authority, zones, extra })
  const file = join(directory, 'recursor.conf')
  await writeFile(file, config)
  const child = spawn(commands[daemon].command, args(file), { env, cwd: directory, stdio: ['pipe', 'pipe', 'pipe'] })
  alive.add(child)
  const resolver: LabResolver = {
    name,
    daemon,
    port,
    process: child,
    async [Symbol.asyncDispose]() {
      alive.delete(child)
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGKILL')
        await once(child, 'exit')
      }
      await rm(directory, { recursive: true, force: true })
    },
  }
  try {
    await answering(child, port, zones[0] ?? '')
  } catch (error) {
    await resolver[Symbol.asyncDispose]()
    throw error
  }
  return resolver
}

const patienceMs = 20_000

/** Asks for the zone's SOA until it is answered, through to the authority. */
async function answering(child: ChildProcess, port: number, zone: string): Promise<void> {
  let log = ''
  let ended: Error | undefined
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => (log = (log + chunk.toString()).slice(-5_000)))
  }
  child.once('error', (error) => (ended = error))
  child.once('exit', (code) => (ended = new Error(`it ended with ${code}`)))
  const resolver = dnsResolver({ server: '127.0.0.1', port, timeoutMs: 500 })
  for (const until = systemClock.monotonic() + patienceMs; systemClock.monotonic() < until;) {
    if (ended) break
    try {
      if (((await resolver.lookup(`ready.${zone}`, 'A'))?.values.length ?? 0) > 0) return
    } catch {
      // It is coming up.
    }
    await systemClock.sleep(50)
  }
  throw new Error(`${child.spawnfile} does not answer: ${log}`, { cause: ended })
}

/** Ends all, also when one fails to end. */
export async function stopAll(resources: readonly AsyncDisposable[]): Promise<void> {
  await Promise.allSettled(resources.map((each) => each[Symbol.asyncDispose]()))
}
