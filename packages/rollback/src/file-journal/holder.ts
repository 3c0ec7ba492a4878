import { execFileSync } from 'node:child_process'
import { readFileSync, readlinkSync } from 'node:fs'
import { hostname, userInfo } from 'node:os'

/** A process that can be told from any other, also from a later one with the same number. */
export interface Holder {
  readonly who: string
  readonly pid: number
  /** In which its number means something: containers of one machine count on their own. */
  readonly processes: string | undefined
  /** Of the machine's present start; `undefined` where the system does not tell. */
  readonly boot: string | undefined
  /** When the process started, as the system counts. */
  readonly started: string | undefined
}

export const thisProcess = (): Holder => ({
  who: `${nameOfUser()}@${hostname()}`,
  pid: process.pid,
  processes: processNamespace(),
  boot: bootId(),
  started: startOf(process.pid),
})

/**
 * `'unknown'` for a process of another machine or container, or of an earlier start of this one: host names are not unique,
 * and a restart takes longer than a lease.
 */
export function lifeOf(holder: Holder): 'alive' | 'dead' | 'unknown' {
  const boot = bootId()
  if (boot === undefined || holder.boot !== boot || holder.processes !== processNamespace()) return 'unknown'
  const started = startOf(holder.pid)
  return started !== undefined && started === holder.started ? 'alive' : 'dead'
}

/** Linux: `pid:[4026531836]` (pid_namespaces(7)); elsewhere there is only one. */
function processNamespace(): string | undefined {
  try {
    return readlinkSync('/proc/self/ns/pid')
  } catch {
    return undefined
  }
}

/** Linux: a random id of each start. macOS: the second of the start. */
function bootId(): string | undefined {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  } catch {
    return ask('sysctl', ['-n', 'kern.boottime'])
  }
}

/** Linux: field 22 of `/proc/PID/stat`, in ticks since the start (proc_pid_stat(5)); elsewhere what `ps` says. */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    // One that was killed and not yet waited for writes nothing any more.
    return state === 'Z' || state === 'X' ? undefined : fields[18]
  } catch {
    return process.platform === 'linux' ? undefined : ask('ps', ['-o', 'lstart=', '-p', String(pid)])
  }
}

function ask(command: string, parameters: readonly string[]): string | undefined {
  try {
    return (
      execFileSync(command, parameters, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim() || undefined
    )
  } catch {
    return undefined
  }
}

function nameOfUser(): string {
  try {
    return userInfo().username
  } catch {
    return 'someone'
  }
}
