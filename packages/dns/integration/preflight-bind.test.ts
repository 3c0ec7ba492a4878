// Three real BINDs on the loopback: a root that refers to a parent, a parent that refers to a signed zone and to one that nobody
// serves. `nodeNameServers` walks down as over the Internet; BIND listens to 127.0.0.1 alone, so each has a port for its address.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { fakeWorld } from '@cutover/core/testing'
import {
  dnsRecord,
  type NameServers,
  type Finding,
  type FindingCode,
  planRepoint,
  type PlanRepointOptions,
  type RecordSet,
  systemClock,
} from '@cutover/dns'
import { nodeNameServers } from '@cutover/dns/preflight'
import { freePort, inMemoryZone, missingBind } from '@cutover/dns/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const missing = missingBind()
if (missing !== undefined) {
  if (process.env['CUTOVER_REQUIRE_SERVERS'] === '1') throw new Error(missing)
  console.warn(`skipped: ${missing}`)
}

const [root, parent, child] = ['127.0.0.21', '127.0.0.22', '127.0.0.23'] as const
const head = (ns: string, minimum = 60): string =>
  `$TTL 300\n@ SOA ${ns} hostmaster.test. 1 3600 600 604800 ${minimum}\n@ NS ${ns}\n`
const glue = `ns.test. A ${parent}\nns.signed.test. A ${child}\nns.plain.test. A ${child}\nns.broken.test. A ${child}\n`

/** Not what the key of `broken.test` says: it has none. */
const ds = '12345 13 2 49FD46E6C4B45C55D4AC69CBD3CD34AC1AFE51DE4A1B2C3D4E5F60718293A4B5'

describe.skipIf(missing !== undefined)('name servers of BIND', () => {
  const started: ChildProcess[] = []
  let directory = ''
  const ports = new Map<string, number>()

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'cutover-preflight-'))
    await start(root, {
      '.': `${head('ns.root.test.')}ns.root.test. A ${root}\ntest. NS ns.test.\n${glue.split('\n')[0]}\n`,
    })
    await start(parent, {
      test: `${head('ns.test.')}${glue}plain NS ns.plain\nsigned NS ns.signed\nsigned DS ${ds}\nbroken NS ns.broken\nbroken DS ${ds}\nlame NS ns.gone\nhalf NS ns.plain\nhalf NS ns.gone\nns.gone A 127.0.0.29\nunknown NS ns.test\n`,
    })
    const zone = (name: string, minimum = 60): string =>
      `${head(`ns.${name}.`, minimum)}ns.${name}. A ${child}\napi CNAME old.plain.test.\nnew A 203.0.113.10\nguarded A 203.0.113.11\nguarded CAA 0 issue "amazon.com"\n`
    await start(child, {
      'plain.test': zone('plain.test', 900),
      'signed.test': { text: zone('signed.test'), options: 'dnssec-policy default; inline-signing yes;' },
      'broken.test': zone('broken.test'),
      'half.test': zone('half.test').replace(/@ NS.*/, '@ NS ns.plain.test.'),
    })
  })

  afterAll(async () => {
    for (const server of started) {
      server.kill('SIGTERM')
      if (server.exitCode === null) await once(server, 'exit')
    }
    await rm(directory, { recursive: true, force: true })
  })

  async function start(
    address: string,
    zones: Readonly<Record<string, string | { text: string; options: string }>>,
  ): Promise<void> {
    const own = join(directory, address)
    await mkdir(own)
    const port = await freePort()
    ports.set(address, port)
    const statements = [
      `options { directory "${own}"; listen-on port ${port} { 127.0.0.1; }; listen-on-v6 { none; }; recursion no; pid-file none; session-keyfile "${own}/session.key"; dnssec-validation no; notify no; };`,
      'controls { };',
    ]
    for (const [name, given] of Object.entries(zones)) {
      const { text, options } = typeof given === 'string' ? { text: given, options: '' } : given
      const file = name === '.' ? 'root.db' : `${name}.db`
      await writeFile(join(own, file), text)
      statements.push(`zone "${name}" { type primary; file "${file}"; ${options} };`)
    }
    const config = join(own, 'named.conf')
    await writeFile(config, statements.join('\n'))
    const env = { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin:/usr/local/sbin` }
    const server = spawn('named', ['-g', '-c', config], { env, stdio: ['ignore', 'ignore', 'pipe'] })
    started.push(server)
    let log = ''
    await new Promise<void>((resolve, reject) => {
      server.once('exit', () => reject(new Error(`named ended: ${log.slice(-2_000)}`)))
      server.stderr?.on('data', (chunk: Buffer) => {
        log += chunk.toString()
        if (/\srunning\n/.test(log)) resolve()
      })
    })
  }

  const nameServers = (): NameServers => ({
    roots: [root],
    ask(address, ...question) {
      const port = ports.get(address)
      if (port === undefined) return Promise.reject(new Error(`nobody listens at ${address}`))
      return nodeNameServers({ port, timeoutMs: 2_000 }).ask('127.0.0.1', ...question)
    },
  })

  /** A plan for `api.<zone>`, whose zone's own side is in memory: what BIND says of it is what is looked at. */
  async function planned(
    zone: string,
    { values = ['old.plain.test'], ...options }: Partial<PlanRepointOptions<'CNAME'>> & { values?: string[] } = {},
  ) {
    const records: RecordSet[] = [{ name: `api.${zone}`, type: 'CNAME', ttlSeconds: 60, values }]
    const record = dnsRecord(inMemoryZone(fakeWorld(), records, { name: zone }), `api.${zone}`, 'CNAME')
    const to = 'new.plain.test'
    return planRepoint(record, { to, nameServers: nameServers(), ...options }, { clock: systemClock })
  }
  const found = (findings: readonly Finding[], code: FindingCode) =>
    findings.filter((finding) => finding.code === code).map(({ severity }) => severity)

  test('a delegated zone that is well has nothing against it, but how long a gap would last', async () => {
    const { findings } = await planned('plain.test')

    for (const code of [
      'delegation-lame',
      'delegation-elsewhere',
      'dnssec-signed',
      'dnssec-broken',
      'target-not-found',
    ] as const) {
      expect(found(findings, code)).toEqual([])
    }
    // The lower of the SOA's TTL, 300, and its minimum, 900 (RFC 2308 §5), is longer than a short rto.
    expect(found(findings, 'negative-cache')).toEqual([])
    const short = await planned('plain.test', { rto: '4m' })
    expect(short.findings.find(({ code }) => code === 'negative-cache')).toMatchObject({
      severity: 'warning',
      evidence: { negativeTtlSeconds: 300 },
    })
  })

  test('a signed zone is told from one whose key is missing', async () => {
    await keysOf('signed.test')

    expect(found((await planned('signed.test')).findings, 'dnssec-signed')).toEqual(['note'])
    expect(found((await planned('broken.test')).findings, 'dnssec-broken')).toEqual(['blocker'])
  })

  test('servers that do not answer are lame: some, or all', async () => {
    expect(found((await planned('half.test')).findings, 'delegation-lame')).toEqual(['warning'])
    expect(found((await planned('lame.test')).findings, 'delegation-lame')).toEqual(['blocker'])
  })

  test('a zone of which the parent knows nothing is not delegated, one that its server does not have is lame', async () => {
    expect(found((await planned('nobody.test')).findings, 'delegation-lame')).toEqual(['blocker'])
    expect(found((await planned('unknown.test')).findings, 'delegation-lame')).toEqual(['blocker'])
  })

  test('another zone of the same name is found out', async () => {
    const { findings } = await planned('plain.test', { values: ['elsewhere.plain.test'] })

    expect(found(findings, 'delegation-elsewhere')).toEqual(['blocker'])
  })

  test('a target is followed to its address, one that is not there is told', async () => {
    const { findings } = await planned('plain.test', { to: 'gone.plain.test' })

    expect(found(findings, 'target-not-found')).toEqual(['blocker'])
    const looping = await planned('plain.test', { to: 'api.signed.test', values: ['new.plain.test'] })
    expect(found(looping.findings, 'target-not-found')).toEqual(['blocker'])
  })

  test('the CAA of the target is what an authority follows', async () => {
    const to = 'guarded.plain.test'
    const denied = await planned('half.test', { to, certificateAuthority: 'digicert.com' })
    const allowed = await planned('half.test', { to, certificateAuthority: 'amazon.com' })

    expect([found(denied.findings, 'caa-forbids'), found(allowed.findings, 'caa-forbids')]).toEqual([['blocker'], []])
  })

  /** BIND signs in its own time. */
  async function keysOf(zone: string): Promise<void> {
    for (let attempt = 0; attempt < 200; attempt += 1) {
      const reply = await nameServers().ask(child, zone, 'DNSKEY')
      if (reply.found === 'answer') return
      await systemClock.sleep(50)
    }
    throw new Error(`${zone} was not signed within 10 s`)
  }
})
