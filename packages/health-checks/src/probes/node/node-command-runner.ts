import { type ChildProcess, spawn } from 'node:child_process'
import { open, stat } from 'node:fs/promises'
import { resolve } from 'node:path'

import type { CommandOutcome, CommandRunner, Output } from '../command-runner.ts'
import { boundedOutput } from './bounded-output.ts'

/** From the request to stop until it is not asked any more. */
const graceMs = 5_000
/** How long a pipe may stay open when the program is gone: something that left its group may hold it. */
const pipeMs = 500

/**
 * Runs a program for real, as the leader of a process group of its own, without a shell and without input.
 *
 * When it ends, and when it is stopped, its whole group is ended: first SIGTERM, after 5 s SIGKILL. What has made itself a group of
 * its own (a daemon) is not found, and neither are children on Windows.
 */
export const nodeCommandRunner: CommandRunner = {
  async run(request, { signal }) {
    const secrets = inheritedSecrets()
    const nothing = { text: '', tail: '', cut: false }
    if (signal.aborted) return { stopped: true, stdout: nothing, stderr: nothing, secrets }
    const { run, args, cwd, env, maxBytes } = request
    const path = request.report === undefined ? undefined : resolve(cwd ?? '.', request.report)
    const writtenBefore = await writtenAt(path)
    const child = spawn(run, [...args], {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: process.platform !== 'win32',
    })
    const [stdout, stderr] = [boundedOutput(child.stdout, maxBytes), boundedOutput(child.stderr, maxBytes)]
    const ended = await end(child, signal)
    const fresh = path !== undefined && (await writtenAt(path)) !== writtenBefore
    return {
      ...ended,
      stdout: stdout(),
      stderr: stderr(),
      ...(fresh ? { report: await read(path, maxBytes) } : {}),
      secrets,
    }
  },
}

type Ended = Pick<CommandOutcome, 'exitCode' | 'endedBy' | 'notStarted' | 'stopped'>

function end(child: ChildProcess, signal: AbortSignal): Promise<Ended> {
  return new Promise((done) => {
    let stopped = false
    let timer: NodeJS.Timeout | undefined
    const stop = (): void => {
      stopped = true
      endGroup(child, 'SIGTERM')
      timer = setTimeout(() => endGroup(child, 'SIGKILL'), graceMs)
    }
    const settle = (ended: Omit<Ended, 'stopped'>): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', stop)
      done({ ...ended, stopped })
    }
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop, { once: true })
    child.once('error', (error: NodeJS.ErrnoException) => {
      if (child.pid === undefined) settle({ notStarted: error.code ?? error.message })
    })
    child.once('exit', (exitCode, endedBy) => {
      // Whatever it has left behind in its group.
      endGroup(child, 'SIGKILL')
      const drained = setTimeout(() => {
        child.stdout?.destroy()
        child.stderr?.destroy()
      }, pipeMs)
      child.once('close', () => {
        clearTimeout(drained)
        settle(exitCode === null ? { endedBy: endedBy ?? 'a signal' } : { exitCode })
      })
    })
  })
}

function endGroup(child: ChildProcess, how: 'SIGTERM' | 'SIGKILL'): void {
  if (child.pid === undefined) return
  try {
    if (process.platform === 'win32') child.kill(how)
    else process.kill(-child.pid, how)
  } catch (error) {
    // ESRCH: nobody is left. EPERM: what is left belongs to somebody else, or is a zombie (macOS).
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'ESRCH' && code !== 'EPERM') throw error
  }
}

async function writtenAt(path: string | undefined): Promise<string | undefined> {
  if (path === undefined) return undefined
  try {
    const { mtimeMs, size, ino } = await stat(path)
    return `${mtimeMs}/${size}/${ino}`
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

async function read(path: string, maxBytes: number): Promise<Output | undefined> {
  await using file = await open(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  if (!file) return undefined
  const { buffer, bytesRead } = await file.read(Buffer.alloc(maxBytes + 1), 0, maxBytes + 1, 0)
  const text = buffer.subarray(0, Math.min(bytesRead, maxBytes)).toString('utf8')
  return { text, tail: text.slice(-8_192), cut: bytesRead > maxBytes }
}

const secretName = /key|secret|token|password|passwd|credential|connection_?string/i

const inheritedSecrets = (): readonly string[] =>
  Object.entries(process.env).flatMap(([name, value]) => (value !== undefined && secretName.test(name) ? [value] : []))
