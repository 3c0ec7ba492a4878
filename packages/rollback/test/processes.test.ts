// Real processes on one journal: alive, killed, stopped past their lease, interrupted.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { systemClock } from '@cutover/core'
import { fileJournal, runCutover } from '@cutover/rollback'
import { expect, test } from 'vitest'

import { errorOf, recordsOf } from './setting.ts'

const script = join(import.meta.dirname, 'holding.ts')
const slowly = { timeout: 30_000 }

interface Started {
  readonly child: ChildProcess
  readonly printed: () => string
  /** Resolves when it has printed that. */
  says(what: string): Promise<void>
  readonly ended: Promise<{ readonly code: number | null; readonly signal: string | null; readonly printed: string }>
}

/** A directory with two switches, and processes that end with the test. */
async function inDirectory(
  work: (
    directory: string,
    start: (options?: { readonly leaseMs?: number; readonly journal?: string }) => Started,
  ) => Promise<void>,
): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'cutover-hold-'))
  const started: ChildProcess[] = []
  try {
    await writeFile(join(directory, 'state.json'), JSON.stringify({ a: 'source', b: 'source' }))
    await work(directory, ({ leaseMs = 30_000, journal = join(directory, 'journal.jsonl') } = {}) => {
      const child = spawn(process.execPath, [script, directory, journal, String(leaseMs)], {
        stdio: ['ignore', 'pipe', 'pipe'],
        timeout: 20_000,
        killSignal: 'SIGKILL',
      })
      started.push(child)
      let printed = ''
      const heard = (chunk: Buffer): void => void (printed += chunk.toString())
      child.stdout?.on('data', heard)
      child.stderr?.on('data', heard)
      const ended: Started['ended'] = new Promise((resolve) =>
        child.on('close', (code, signal) => resolve({ code, signal, printed })),
      )
      return {
        child,
        printed: () => printed,
        ended,
        async says(what) {
          while (!printed.includes(what)) {
            if (child.exitCode !== null || child.signalCode !== null)
              throw new Error(`it never said ${what}: ${printed}`)
            await systemClock.sleep(5)
          }
        },
      }
    })
  } finally {
    for (const child of started) if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
    await rm(directory, { recursive: true, force: true })
  }
}

const goOn = (directory: string): Promise<void> => writeFile(join(directory, 'go'), '')
const stateOf = async (directory: string): Promise<unknown> =>
  JSON.parse(await readFile(join(directory, 'state.json'), 'utf8'))
const recordsIn = async (directory: string): Promise<string[]> =>
  recordsOf(await fileJournal(join(directory, 'journal.jsonl')).read())

test('while a runner is alive a second one is refused at once; killed, it is followed at once', slowly, () =>
  inDirectory(async (directory, start) => {
    const first = start()
    await first.says('waiting')

    const startedAt = performance.now()
    const refused = await start().ended
    first.child.kill('SIGKILL')
    await first.ended
    await goOn(directory)
    const third = await start().ended

    expect(refused.code).toBe(1)
    expect(refused.printed).toContain('CUTOVER_JOURNAL_IN_USE')
    expect(refused.printed).toContain(`process ${first.child.pid}`)
    expect(third).toMatchObject({ code: 0 })
    expect(third.printed).toContain('completed')
    expect(third.printed).not.toContain('turning a')
    expect(performance.now() - startedAt).toBeLessThan(20_000)
    expect(await stateOf(directory)).toEqual({ a: 'target', b: 'target' })
  }),
)

test('a runner that was stopped past its lease is followed, and writes nothing any more when it wakes', slowly, () =>
  inDirectory(async (directory, start) => {
    const zombie = start({ leaseMs: 600 })
    await zombie.says('waiting')
    zombie.child.kill('SIGSTOP')
    await goOn(directory)
    await systemClock.sleep(700)

    const successor = await start({ leaseMs: 600 }).ended
    const another = await start({ leaseMs: 600 }).ended
    const journal = await readFile(join(directory, 'journal.jsonl'), 'utf8')
    const writes = await readFile(join(directory, 'writes.log'), 'utf8')
    zombie.child.kill('SIGCONT')
    const woken = await zombie.ended

    expect([successor.code, another.code]).toEqual([0, 0])
    expect(woken.code).toBe(1)
    expect(woken.printed).toContain('CUTOVER_FENCED')
    expect(woken.printed).not.toContain('turning b')
    expect(await readFile(join(directory, 'journal.jsonl'), 'utf8')).toBe(journal)
    expect(await readFile(join(directory, 'writes.log'), 'utf8')).toBe(writes)
    // Stopped in the midst of renewing it may put its own lease back: the last one counts.
    expect(
      (await readdir(directory))
        .filter((name) => name.includes('lease'))
        .toSorted()
        .at(-1),
    ).toContain('lease.3')
  }),
)

test('a runner that was stopped for less than its lease goes on', slowly, () =>
  inDirectory(async (directory, start) => {
    const stopped = start({ leaseMs: 5_000 })
    await stopped.says('waiting')
    stopped.child.kill('SIGSTOP')
    await systemClock.sleep(300)
    stopped.child.kill('SIGCONT')
    await goOn(directory)

    expect(await stopped.ended).toMatchObject({ code: 0 })
  }),
)

test(
  'Ctrl-C once: what was begun is recorded, the lease is given back, and how to go on and back is printed',
  slowly,
  () =>
    inDirectory(async (directory, start) => {
      await writeFile(join(directory, 'busy'), '')
      const first = start()
      await first.says('turning a')
      first.child.kill('SIGINT')
      await rm(join(directory, 'busy'))
      const interrupted = await first.ended

      const lease = JSON.parse(await readFile(join(directory, 'journal.jsonl.lease.1'), 'utf8')) as {
        released: boolean
      }
      const records = await recordsIn(directory)
      await goOn(directory)
      const second = await start().ended

      expect(interrupted).toMatchObject({ code: 1, signal: null })
      expect(interrupted.printed).toContain('CUTOVER_INTERRUPTED')
      expect(interrupted.printed).toContain('Go on: run it again. Go back: run it with rollBack: true.')
      expect(interrupted.printed).toContain(join(directory, 'journal.jsonl'))
      expect(await stateOf(directory)).toEqual({ a: 'target', b: 'target' })
      expect(lease.released).toBe(true)
      expect(records.slice(0, 2)).toEqual(['opened', 'intent turn:a'])
      expect(second).toMatchObject({ code: 0 })
      expect(second.printed).not.toContain('turning a')
    }),
)

test('Ctrl-C while it waits ends it at once, with nothing to finish', slowly, () =>
  inDirectory(async (directory, start) => {
    const first = start()
    await first.says('waiting')
    first.child.kill('SIGINT')

    expect(await first.ended).toMatchObject({ code: 1 })
    expect(await recordsIn(directory)).toEqual(['opened', 'intent turn:a', 'outcome turn:a'])
  }),
)

test('Ctrl-C twice ends it like kill -9, and the next run goes on', slowly, () =>
  inDirectory(async (directory, start) => {
    await writeFile(join(directory, 'busy'), '')
    const first = start()
    await first.says('turning a')
    // Two signals that come too close are one.
    while (first.child.exitCode === null) {
      first.child.kill('SIGINT')
      await systemClock.sleep(50)
    }
    const died = await first.ended
    const between = await stateOf(directory)
    await rm(join(directory, 'busy'))
    await goOn(directory)
    const second = await start().ended

    expect(died.code).toBe(130)
    expect(between).toEqual({ a: 'source', b: 'source' })
    expect(second).toMatchObject({ code: 0 })
    expect(await stateOf(directory)).toEqual({ a: 'target', b: 'target' })
  }),
)

test('nothing keeps a process alive when the cutover has ended', slowly, () =>
  inDirectory(async (directory, start) => {
    await goOn(directory)
    const startedAt = performance.now()

    const { code } = await start({ leaseMs: 60_000 }).ended

    expect(code).toBe(0)
    expect(performance.now() - startedAt).toBeLessThan(10_000)
  }),
)

test('a lease is renewed while it is held, and left alone once it was given back', slowly, () =>
  inDirectory(async (directory) => {
    const lease = join(directory, 'journal.jsonl.lease.1')
    const read = async () => JSON.parse(await readFile(lease, 'utf8')) as { renewedAt: number; released: boolean }
    const opened = await fileJournal(join(directory, 'journal.jsonl'), { leaseMs: 300 }).open({ clock: systemClock })
    const first = await read()
    let renewed = first
    while (renewed.renewedAt === first.renewedAt) {
      await systemClock.sleep(10)
      renewed = await read()
    }
    await opened.close()
    const closed = await read()
    await systemClock.sleep(300)

    expect([first.released, renewed.released, closed.released]).toEqual([false, false, true])
    expect(await read()).toEqual(closed)
  }),
)

// ----- holders of whom this machine cannot tell whether they live

const processes = await readlink('/proc/self/ns/pid').catch(() => undefined)

const leaseOf = (change: object, leaseMs: number): string =>
  JSON.stringify({
    holder: { who: 'ana@bastion-1', pid: 48_121, processes, boot: 'another', started: '1', ...change },
    leaseMs,
    renewedAt: Date.now(),
    released: false,
  })

const hold = (directory: string, written: string): Promise<void> =>
  writeFile(join(directory, 'journal.jsonl.lease.1'), written)

const runIn = (directory: string, events: string[] = []) =>
  runCutover(
    {
      id: 'hold',
      journal: fileJournal(join(directory, 'journal.jsonl')),
      interruptible: false,
      onEvent: ({ text }) => void events.push(text),
    },
    async () => {},
  )

test.each([
  { what: 'another machine', change: {} },
  { what: 'an earlier start of this machine', change: { who: `root@${(await import('node:os')).hostname()}` } },
  {
    what: 'another container of this machine',
    change: {
      boot: (await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => 'this')).trim(),
      processes: 'pid:[1]',
    },
  },
])('the lease of $what is waited out, and told', slowly, ({ change }) =>
  inDirectory(async (directory) => {
    const events: string[] = []
    await hold(directory, leaseOf(change, 400))
    const startedAt = performance.now()

    const report = await runIn(directory, events)

    expect(report.end).toBe('completed')
    expect(performance.now() - startedAt).toBeGreaterThan(300)
    expect(events[0]).toContain('waits until the lease of ')
  }),
)

test('the lease of another machine that is renewed meanwhile is respected', slowly, () =>
  inDirectory(async (directory) => {
    await hold(directory, leaseOf({}, 300))
    const renewing = systemClock.sleep(150).then(() => hold(directory, leaseOf({}, 300)))

    const error = await errorOf(runIn(directory))
    await renewing

    expect(error.code).toBe('CUTOVER_JOURNAL_IN_USE')
    expect(error.message).toContain('ana@bastion-1, process 48121')
  }),
)

test('a lease that is over is not waited for', slowly, () =>
  inDirectory(async (directory) => {
    await hold(directory, leaseOf({}, -1))

    expect((await runIn(directory)).end).toBe('completed')
  }),
)

test('a lease that cannot be read is refused, with what to do', slowly, () =>
  inDirectory(async (directory) => {
    await hold(directory, '')

    const error = await errorOf(runIn(directory))

    expect(error.code).toBe('CUTOVER_JOURNAL_FAILED')
    expect(error.next).toContain('remove that file')
  }),
)

// ----- disks

/** A file system of a few kilobytes; answers how to remove it, or why there is none. */
function tinyDisk(at: string): { remove(): void } | string {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=16k', 'tmpfs', at], { stdio: 'pipe' })
    return { remove: () => void execFileSync('umount', ['-l', at]) }
  } catch (error) {
    return `mount: ${(error as Error).message.split('\n')[1]}`
  }
}

test('on a full disk it stops before the next effect; with room again it goes on', slowly, ({ skip }) =>
  inDirectory(async (directory, start) => {
    const at = join(directory, 'disk')
    await mkdir(at)
    const disk = tinyDisk(at)
    if (typeof disk === 'string') return skip(`needs the right to mount a tmpfs (${disk})`)
    try {
      const journal = join(at, 'journal.jsonl')
      const first = start({ journal })
      await first.says('waiting')
      await writeFile(join(at, 'filler'), Buffer.alloc(64 * 1024)).catch(() => {})
      await goOn(directory)
      const failed = await first.ended
      await rm(join(at, 'filler'))
      const second = await start({ journal }).ended

      expect(failed.code).toBe(1)
      expect(failed.printed).toContain('CUTOVER_JOURNAL_FAILED')
      expect(failed.printed).toContain('run it again')
      expect(failed.printed).not.toContain('turning b')
      expect(second).toMatchObject({ code: 0 })
      expect(await stateOf(directory)).toEqual({ a: 'target', b: 'target' })
    } finally {
      disk.remove()
    }
  }),
)

// By kinds of file, not by permissions: who may do everything meets these too.
test('a file or a directory that cannot be written is refused', slowly, () =>
  inDirectory(async (directory) => {
    const file = join(directory, 'file')
    await writeFile(file, '')
    const refused = (path: string): Promise<unknown> =>
      runCutover({ id: 'two', journal: fileJournal(path) }, async () => {}).catch((error: unknown) => error)

    expect(await refused(directory)).toMatchObject({ code: 'CUTOVER_JOURNAL_FAILED' })
    expect(await refused(join(file, 'journal.jsonl'))).toMatchObject({ code: 'CUTOVER_JOURNAL_FAILED' })
  }),
)
