import {
  type Answer,
  type Check,
  defineCheck,
  type Duration,
  durationMs,
  formatDuration,
  knownOptions,
} from '@cutover/core'

import { percent } from '../../gate/absolute-guard.ts'
import { refuseOption } from '../../health-error.ts'
import type { HttpTransport } from '../../http-transport.ts'
import { planArrivals, seededUniform } from '../arrivals.ts'
import { coldStarts } from '../cold-starts.ts'
import { LoadCounts } from '../load-counts.ts'
import { checkLoadRequests, drawn, type LoadRequest, type LoadSide, type Prepared, prepared } from '../load-request.ts'
import { LoadedSide, type SideLoad } from '../loaded-side.ts'
import { namedHosts } from '../named-hosts.ts'
import { keptConnections } from '../node/kept-connections.ts'

/** What can be restarted, and tells when it was. */
export interface Restartable {
  /** For people: `functions:orders`. */
  readonly name: string
  /** As a plan names it: `orders.azurewebsites.net`. */
  readonly host: string
  restart(options: { readonly signal: AbortSignal }): Promise<void>
  /** What is another after a restart: the host's id, when its process began. */
  instance(options: { readonly signal: AbortSignal }): Promise<string>
}

export interface RestartUnderLoadOptions {
  readonly target: LoadSide
  readonly requests: readonly LoadRequest[]
  /** The hosts that may be touched: the target's, and that of what is restarted. */
  readonly hosts: readonly string[]
  /** At most 2,000. */
  readonly ratePerSecond: number
  /** At most five minutes; the restart is asked for after a quarter, and the last quarter must be without a bad answer. @default '2m' */
  readonly for?: Duration | undefined
  /** The share of requests that may have no good answer. @default 0.05 */
  readonly bad?: number | undefined
  /** How long there may be no good answer at all. @default '15s' */
  readonly gap?: Duration | undefined
  /** How long an answer is waited for. @default '10s' */
  readonly timeout?: Duration | undefined
  /** @default 1 */
  readonly seed?: number | undefined
  /** @default connections that are kept, and closed with the run */
  readonly transport?: HttpTransport | undefined
  /** @default made of the name */
  readonly id?: string | undefined
}

const known: readonly (keyof RestartUnderLoadOptions)[] = [
  ...([
    'target',
    'requests',
    'hosts',
    'ratePerSecond',
    'for',
    'bad',
    'gap',
    'timeout',
    'seed',
    'transport',
    'id',
  ] as const),
]

/** JSON. */
export interface RestartEvidence {
  readonly reason: 'held' | 'not-restarted' | 'bad' | 'gap' | 'not-recovered'
  readonly before: string
  readonly after: string
  readonly load: SideLoad
  /** The longest time without a good answer, in milliseconds. */
  readonly gapMs: number
  /** Bad ones that were meant to begin in the last quarter. */
  readonly lateBad: number
}

const longestMs = 300_000
const maxInFlight = 500

/**
 * A check that the target comes through a restart while clients ask it: few without a good answer, no long silence, and well in the end.
 *
 * Sends at an even rate without waiting for answers, and restarts after a quarter of the time. `fail`: too many bad answers, too long
 * without a good one, or bad ones in the last quarter. `undecided`: nothing tells that it was restarted. A restart leaves nothing to clean
 * up: that it runs is read back, by another instance and by the last quarter. Each ask restarts it.
 *
 * @throws CutoverError `HEALTH_OPTIONS_INVALID`, `HEALTH_HOST_NOT_NAMED`, `DURATION_INVALID` when it is made.
 */
export function restartUnderLoad(app: Restartable, options: RestartUnderLoadOptions): Check<RestartEvidence> {
  if (typeof (app as Partial<Restartable> | undefined)?.restart !== 'function')
    refuseOption('app', app, 'something that can be restarted')
  knownOptions(options, known, 'HEALTH_OPTIONS_INVALID', 'restartUnderLoad')
  const { target, requests, hosts, ratePerSecond, for: length = '2m', bad = 0.05, gap = '15s', seed = 1 } = options
  const { timeout = '10s', transport, id = `health:restart:${app.name}` } = options
  const named = namedHosts(hosts)
  named.refuseUnnamed('restartUnderLoad', app.host)
  checkLoadRequests(requests)
  const sides = prepared('target', target, requests, named)
  if (!(ratePerSecond > 0 && ratePerSecond <= 2_000))
    refuseOption('ratePerSecond', ratePerSecond, 'over 0, at most 2000')
  const [lengthMs, gapMs, timeoutMs] = [
    durationMs(length, 'for'),
    durationMs(gap, 'gap'),
    durationMs(timeout, 'timeout'),
  ]
  if (!(lengthMs > 0 && lengthMs <= longestMs)) refuseOption('for', length, 'more than 0, and at most 5m')
  if (timeoutMs <= 0) refuseOption('timeout', timeout, 'more than 0')
  if (!(bad >= 0 && bad < 1)) refuseOption('bad', bad, 'a share from 0 to below 1')

  return defineCheck<RestartEvidence>({
    id,
    title: `${app.name} comes through a restart under load`,
    async run(context) {
      if (transport) return run(transport)
      using kept = keptConnections()
      return await run(kept)

      async function run(through: HttpTransport): Promise<Answer<RestartEvidence>> {
        const { clock, signal, report } = context
        const uniform = seededUniform(seed)
        const arrivals = planArrivals(ratePerSecond, lengthMs, uniform)
        const stop = new AbortController()
        const side = new LoadedSide({
          transport: through,
          clock,
          signal: AbortSignal.any([signal, stop.signal]),
          timeoutMs,
          maxInFlight,
          isCold: coldStarts({ first: 0 }),
          limits: [],
          counts: new LoadCounts(1_000, () => clock.now()),
        })
        const before = await app.instance({ signal })
        const [startedAt, began] = [clock.now(), clock.monotonic()]
        let restarting: Promise<void> | undefined
        try {
          for (const ms of arrivals) {
            await clock.sleep(began + ms - clock.monotonic(), { signal })
            if (!restarting && ms >= lengthMs / 4) {
              report({ kind: 'waiting', why: `${app.name} restarts`, until: startedAt + lengthMs })
              restarting = app.restart({ signal })
              // Awaited below; it must not be an uncaught rejection meanwhile.
              restarting.catch(() => {})
            }
            side.send(sides[drawn(requests, uniform())] as Prepared, began + ms, startedAt + ms)
          }
          await side.settled()
          await restarting
        } finally {
          stop.abort(new Error('the restart under load has ended'))
          await side.settled()
        }
        const after = await app.instance({ signal })
        const { longestGapMs, badFrom } = side.silence(startedAt, startedAt + lengthMs)
        const lateBad = badFrom(startedAt + (lengthMs * 3) / 4)
        return judge({ before, after, load: side.summary(), gapMs: longestGapMs, lateBad }, { bad, gapMs, gap })
      }
    },
  })
}

function judge(
  seen: Omit<RestartEvidence, 'reason'>,
  allowed: { readonly bad: number; readonly gapMs: number; readonly gap: Duration },
): Answer<RestartEvidence> {
  const { before, after, load, gapMs, lateBad } = seen
  const sent = load.sent + load.notSent
  const said = `${load.bad} of ${sent} requests without a good answer, ${formatDuration(gapMs)} without any`
  const fail = (reason: RestartEvidence['reason'], text: string): Answer<RestartEvidence> => ({
    status: 'fail',
    text: `${said}: ${text}`,
    evidence: { reason, ...seen },
  })
  if (before === after)
    return {
      status: 'undecided',
      text: `${said}; nothing tells that it was restarted`,
      evidence: { reason: 'not-restarted', ...seen },
    }
  if (lateBad > 0) return fail('not-recovered', `${lateBad} of them in the last quarter; ${load.firstBad ?? ''}`)
  if (load.bad > allowed.bad * sent)
    return fail('bad', `wanted at most ${percent(allowed.bad)}; ${load.firstBad ?? ''}`)
  if (gapMs > allowed.gapMs) return fail('gap', `wanted at most ${allowed.gap}`)
  return { status: 'pass', text: said, evidence: { reason: 'held', ...seen } }
}
