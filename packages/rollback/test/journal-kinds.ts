// The kinds of journal that need no server, and what they can suffer.
import { execFileSync } from 'node:child_process'
import { appendFile, copyFile, mkdtemp, open, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

import { fileJournal, memoryJournal, type MemoryJournal } from '@cutover/rollback'
import { sqliteJournal } from '@cutover/rollback/sqlite'
import type { JournalKind } from '@cutover/rollback/testing'

export interface OnDisk extends AsyncDisposable {
  readonly file: string
}

/** Why no small file system can be mounted here; then no case fills one. */
export const noMount: string | undefined = (() => {
  const at = execFileSync('mktemp', ['-d'], { encoding: 'utf8' }).trim()
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=16k', 'tmpfs', at], { stdio: 'pipe' })
    execFileSync('umount', ['-l', at])
    return undefined
  } catch (error) {
    return `needs the right to mount a tmpfs (${(error as Error).message.split('\n')[1]})`
  } finally {
    execFileSync('rmdir', [at])
  }
})()

async function onDisk(name: string): Promise<OnDisk> {
  const directory = await mkdtemp(join(tmpdir(), 'cutover-kind-'))
  if (noMount === undefined) execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=16m', 'tmpfs', directory])
  return {
    file: join(directory, name),
    async [Symbol.asyncDispose]() {
      if (noMount === undefined) execFileSync('umount', ['-l', directory])
      await rm(directory, { recursive: true, force: true })
    },
  }
}

/** Fills the disk to the last byte. */
export async function filled(directory: string): Promise<AsyncDisposable> {
  const filler = join(directory, 'filler')
  const handle = await open(filler, 'w')
  try {
    for (const size of [1 << 20, 1 << 12, 1]) {
      while (
        await handle.write(Buffer.alloc(size)).then(
          ({ bytesWritten }) => bytesWritten === size,
          () => false,
        )
      );
    }
  } finally {
    await handle.close()
  }
  return { [Symbol.asyncDispose]: () => rm(filler) }
}

/** The lease beside the file, with another holder. */
const holder: JournalKind<OnDisk>['holder'] = async ({ file }, { is, endsInMs }) => {
  const leases = (await readdir(dirname(file))).filter((name) => /\.lease\.\d+$/.test(name))
  const [last = ''] = leases.sort((a, b) => Number(b.split('.').at(-1)) - Number(a.split('.').at(-1)))
  const path = join(dirname(file), last)
  const lease = JSON.parse(await readFile(path, 'utf8')) as { holder: object; leaseMs: number }
  const other = is === 'dead' ? { started: '1' } : { boot: 'another', who: 'ana@bastion-1' }
  await writeFile(
    path,
    JSON.stringify({
      ...lease,
      holder: { ...lease.holder, ...other },
      renewedAt: Date.now() - lease.leaseMs + endsInMs,
      released: false,
    }),
  )
}

const full = noMount === undefined ? { full: ({ file }: OnDisk) => filled(dirname(file)) } : {}

const linesOf = async (file: string): Promise<string[]> => (await readFile(file, 'utf8')).split('\n').slice(0, -1)

export const jsonl: JournalKind<OnDisk> = {
  place: () => onDisk('journal.jsonl'),
  journal: ({ file }, options) => fileJournal(file, options),
  holder,
  async alter({ file }, seq) {
    const lines = await linesOf(file)
    // The last one too is altered where it stays JSON.
    lines[seq] = (lines[seq] ?? '').replace('"at":', '"at":1')
    await writeFile(
      file,
      lines.map((line) => `${line}\n`),
    )
  },
  async remove({ file }, seq) {
    await writeFile(
      file,
      (await linesOf(file)).toSpliced(seq, 1).map((line) => `${line}\n`),
    )
  },
  async lose({ file }, count) {
    await writeFile(
      file,
      (await linesOf(file)).slice(0, -count).map((line) => `${line}\n`),
    )
  },
  tear: ({ file }) => appendFile(file, '{"t":"value","step":"torn","val'),
  ...full,
}

async function behindItsBack(file: string, sql: string): Promise<void> {
  const database = new DatabaseSync(file)
  database.exec(sql)
  database.close()
}

export const sqlite: JournalKind<OnDisk> = {
  place: () => onDisk('journal.sqlite'),
  journal: ({ file }, options) => sqliteJournal(file, options),
  holder,
  alter: ({ file }, seq) => behindItsBack(file, `UPDATE record SET body = body || ' ' WHERE seq = ${seq}`),
  remove: ({ file }, seq) => behindItsBack(file, `DELETE FROM record WHERE seq = ${seq}`),
  lose: ({ file }, count) =>
    behindItsBack(file, `DELETE FROM record WHERE seq > (SELECT max(seq) FROM record) - ${count}`),
  /** Half of the commit is in the -wal, as when the power goes; nobody has closed it. */
  async tear({ file }) {
    const database = new DatabaseSync(file)
    database.exec("INSERT INTO record SELECT max(seq) + 1, '{}', 'torn' FROM record")
    await copyFile(file, `${file}.crashed`)
    await copyFile(`${file}-wal`, `${file}.crashed-wal`)
    database.close()
    await copyFile(`${file}.crashed`, file)
    await copyFile(`${file}.crashed-wal`, `${file}-wal`)
    await truncate(`${file}-wal`, (await readFile(`${file}-wal`)).length - 1_000)
    for (const name of await readdir(dirname(file)))
      if (name.startsWith(`${basename(file)}.crashed`)) await rm(join(dirname(file), name))
  },
  ...full,
}

export const memory: JournalKind<{ readonly journal: MemoryJournal } & AsyncDisposable> = {
  place: async () => ({
    journal: memoryJournal({ leaseMs: 300, operators: true }),
    [Symbol.asyncDispose]: async () => {},
  }),
  journal: ({ journal }) => journal,
  // It knows nothing of machines: whoever does not say that it died is waited for.
  holder: async ({ journal }, { is }) => {
    if (is === 'dead') journal.holderDied()
  },
}
