import {
  type Answer,
  type Check,
  defineCheck,
  type Duration,
  durationMs,
  formatDuration,
  knownOptions,
  type Status,
} from '@cutover/core'

import { refuseOption } from '../health-error.ts'
import { isList } from '../is-list.ts'
import { redacting } from '../probe-target.ts'
import type { CommandOutcome, CommandRunner } from './command-runner.ts'
import { nodeCommandRunner } from './node/node-command-runner.ts'
import { readJunit } from './read-junit.ts'
import { readTap } from './read-tap.ts'
import type { TestSummary } from './test-summary.ts'

/** What a program said, for a reader of the user's own. */
export interface CommandOutput {
  readonly exitCode: number
  /** At most the first 4 MiB. */
  readonly stdout: string
  readonly stderr: string
  readonly report?: string | undefined
}

export interface CommandOptions {
  /** A program, looked up in PATH and run without a shell: `npm`. */
  readonly run: string
  /** Printed: secrets go into `env`. @default [] */
  readonly args?: readonly string[] | undefined
  /** @default this process's own */
  readonly cwd?: string | undefined
  /** On top of this process's own environment; their values are never printed. @default {} */
  readonly env?: Readonly<Record<string, string>> | undefined
  /**
   * How its end is read.
   *
   * - `exit`: by its exit status; 0 passes.
   * - `junit`, `tap`: by what the tests say, in `report` or else in its standard output.
   * - a function of what it said, which answers a status and a sentence.
   *
   * @default 'exit'
   */
  readonly parse?: 'exit' | 'junit' | 'tap' | ((output: CommandOutput) => CommandVerdict) | undefined
  /** A file, relative to `cwd`, that it writes; one that it did not write is not read. @default standard output is read */
  readonly report?: string | undefined
  /** @default '15m' */
  readonly within?: Duration | undefined
  /** @default made of program and arguments */
  readonly id?: string | undefined
  /** What is true when it passes, for people. @default program and arguments */
  readonly title?: string | undefined
  /** @default nodeCommandRunner */
  readonly runner?: CommandRunner | undefined
}

export interface CommandVerdict {
  readonly status: Status
  readonly text: string
}

const known: readonly (keyof CommandOptions)[] = [
  'run',
  'args',
  'cwd',
  'env',
  'parse',
  'report',
  'within',
  'id',
  'title',
  'runner',
]

/** JSON data without values of `env`. */
export interface CommandEvidence {
  readonly reason: 'held' | 'failed' | 'late' | 'killed' | 'not-started' | 'unreadable' | 'no-tests' | 'incomplete'
  readonly ms: number
  readonly exitCode?: number | undefined
  readonly endedBy?: string | undefined
  readonly tests?: TestSummary | undefined
  /** The last 2,000 characters of standard output and error, when it does not pass. */
  readonly output?: string | undefined
}

const maxBytes = 4 * 1_048_576
const shownChars = 2_000

/**
 * A check that runs a program of the team's own, its regression suite, and judges by exit status or test report.
 *
 * `fail`: the program, or one of its tests, says so. `undecided`: it did not start, did not end within the time, was killed, or its
 * report is missing, cut, empty, incomplete, or good beside an exit status that is not. Each ask runs it again. When the time is
 * over or the run is aborted, the program and all that it started are ended before this check answers.
 *
 * @throws CutoverError `HEALTH_OPTIONS_INVALID`, `DURATION_INVALID` when it is made, before anything is run.
 */
export function command(options: CommandOptions): Check<CommandEvidence> {
  knownOptions(options, known, 'HEALTH_OPTIONS_INVALID', 'command')
  const { run, args = [], cwd, env = {}, parse = 'exit', report, within = '15m', runner = nodeCommandRunner } = options
  if (typeof run !== 'string' || run === '') refuseOption('run', run, 'a program')
  if (/\s/.test(run) && !run.includes('/') && !run.includes('\\'))
    refuseOption('run', run, 'a program alone, and its arguments in args')
  if (!isList(args) || !args.every((arg) => typeof arg === 'string')) refuseOption('args', args, 'a list of texts')
  // Their values are not shown.
  const noText = Object.keys(env).find((name) => typeof env[name] !== 'string')
  if (noText !== undefined) refuseOption(`env.${noText}`, 'not a text', 'a text')
  if (typeof parse !== 'function' && !['exit', 'junit', 'tap'].includes(parse))
    refuseOption('parse', parse, "'exit', 'junit', 'tap' or a function")
  if (report !== undefined && parse === 'exit') refuseOption('report', report, 'none where the exit status is read')
  const withinMs = durationMs(within, 'within')
  if (withinMs <= 0) refuseOption('within', within, 'more than 0')
  const redactOwn = redacting(Object.values(env))
  const shown = redactOwn([run, ...args].join(' '))
  const { id = `health:command:${shown}`, title = `${shown} passes` } = options

  return defineCheck<CommandEvidence>({
    id,
    title,
    async run({ clock, signal }) {
      signal.throwIfAborted()
      const timeUp = new AbortController()
      const done = new AbortController()
      clock.sleep(withinMs, { signal: done.signal }).then(
        () => timeUp.abort(),
        () => {},
      )
      const startedAt = clock.monotonic()
      const outcome = await runner
        .run({ run, args, cwd, env, report, maxBytes }, { signal: AbortSignal.any([signal, timeUp.signal]) })
        .finally(() => done.abort())
      signal.throwIfAborted()
      const ms = Math.round(clock.monotonic() - startedAt)
      const redact = redacting([...Object.values(env), ...outcome.secrets])
      const { status, text, evidence } = judge(outcome, parse, report, within)
      const output = redact(`${outcome.stdout.tail}${outcome.stderr.tail}`).slice(-shownChars)
      return {
        status,
        text: `${shown} ${redact(text)} in ${formatDuration(ms)}`,
        evidence: {
          ...evidence,
          ...(evidence.tests
            ? { tests: { ...evidence.tests, failures: evidence.tests.failures.map((name) => redact(name)) } }
            : {}),
          ms,
          ...(outcome.exitCode === undefined ? {} : { exitCode: outcome.exitCode }),
          ...(outcome.endedBy === undefined ? {} : { endedBy: outcome.endedBy }),
          ...(status === 'pass' || output === '' ? {} : { output }),
        },
      }
    },
  })
}

type Judged = Answer & { readonly evidence: Pick<CommandEvidence, 'reason' | 'tests'> }

const unsure = (reason: CommandEvidence['reason'], text: string, tests?: TestSummary): Judged => ({
  status: 'undecided',
  text,
  evidence: { reason, ...(tests ? { tests } : {}) },
})

function judge(
  { exitCode, endedBy, notStarted, stopped, stdout, stderr, report: written }: CommandOutcome,
  parse: NonNullable<CommandOptions['parse']>,
  report: string | undefined,
  within: Duration,
): Judged {
  if (notStarted !== undefined) return unsure('not-started', `did not start (${notStarted})`)
  if (stopped) return unsure('late', `did not end within ${within} and was stopped`)
  if (exitCode === undefined) return unsure('killed', `was ended by ${endedBy}`)
  if (parse === 'exit') {
    return exitCode === 0
      ? { status: 'pass', text: 'ended with 0', evidence: { reason: 'held' } }
      : { status: 'fail', text: `ended with ${exitCode}`, evidence: { reason: 'failed' } }
  }
  const said = report === undefined ? stdout : written
  if (!said) return unsure('unreadable', `ended with ${exitCode} and did not write ${report}`)
  if (said.cut) return unsure('unreadable', `ended with ${exitCode} and said more than can be read`)
  if (typeof parse === 'function') {
    const output = { exitCode, stdout: stdout.text, stderr: stderr.text, ...(written ? { report: written.text } : {}) }
    return ownVerdict(() => parse(output), exitCode)
  }
  let tests: TestSummary
  try {
    tests = parse === 'junit' ? readJunit(said.text) : readTap(said.text)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return unsure('unreadable', `ended with ${exitCode}, and no ${parse} report can be read: ${why}`)
  }
  const { passed, failed, skipped, failures, incomplete } = tests
  const sums = `${passed} passed, ${failed} failed, ${skipped} skipped`
  if (failed > 0)
    return {
      status: 'fail',
      text: `says ${sums}: ${failures.slice(0, 3).join('; ')}`,
      evidence: { reason: 'failed', tests },
    }
  if (incomplete !== undefined) return unsure('incomplete', `says ${sums}; ${incomplete}`, tests)
  if (passed === 0) return unsure('no-tests', `ran no test (${sums})`, tests)
  if (exitCode !== 0) return unsure('incomplete', `says ${sums}, and ended with ${exitCode}`, tests)
  return { status: 'pass', text: `says ${sums}`, evidence: { reason: 'held', tests } }
}

function ownVerdict(parse: () => CommandVerdict, exitCode: number): Judged {
  const unreadable = (why: string): Judged => ({
    status: 'undecided',
    text: `ended with ${exitCode}, and parse ${why}`,
    evidence: { reason: 'unreadable' },
  })
  let verdict: CommandVerdict
  try {
    verdict = parse()
  } catch (error) {
    return unreadable(`threw ${error instanceof Error ? error.message : String(error)}`)
  }
  const { status, text } = Object(verdict) as Partial<CommandVerdict>
  if (typeof text !== 'string') return unreadable('answered no text')
  if (status === 'pass') return { status, text, evidence: { reason: 'held' } }
  if (status === 'fail') return { status, text, evidence: { reason: 'failed' } }
  return status === 'undecided'
    ? { status, text, evidence: { reason: 'incomplete' } }
    : unreadable(`answered the status ${String(status)}`)
}
