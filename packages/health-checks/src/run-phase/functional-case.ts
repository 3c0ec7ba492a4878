import {
  type Answer,
  type Check,
  type Context,
  type Duration,
  durationMs,
  knownOptions,
  type Status,
} from '@cutover/core'

import { refuseOption } from '../health-error.ts'
import { answerWithin } from '../http-answer.ts'
import { checkExpectations, type HttpExpectations } from '../http-expectations.ts'
import type { HttpTransport } from '../http-transport.ts'
import type { NamedHosts } from './named-hosts.ts'
import { askFollowing, type RunRequest, runRequestOptions, runTarget } from './run-target.ts'

interface CommonCase {
  /** Unique in its suite. */
  readonly id: string
  /** What of the inventory it shows to work. */
  readonly component: string
  /** What is true when it passes, for people. @default the id */
  readonly title?: string | undefined
}

/** A request, and what its answer must be. */
export interface RequestCase extends CommonCase {
  readonly request: RunRequest
  /** @default a status from 200 to 299 */
  readonly expect?: HttpExpectations | undefined
  /** How many redirects are followed, each only to a host that is named. @default 0 */
  readonly follow?: number | undefined
  /** How long the whole answer may take. @default '10s' */
  readonly within?: Duration | undefined
  readonly check?: undefined
}

/** Any other check: the team's own suite, a message that must be handled. */
export interface CheckCase extends CommonCase {
  readonly check: Check
  /** Whom it asks; it must be named, and is not looked up. */
  readonly host: string
  readonly request?: undefined
}

export type FunctionalCase = RequestCase | CheckCase

const requestCase = ['id', 'component', 'title', 'request', 'expect', 'follow', 'within']
const checkCase = ['id', 'component', 'title', 'check', 'host']
const expectations: readonly (keyof HttpExpectations)[] = ['status', 'responseHeaders', 'body', 'json']

/** JSON. */
export interface CaseRow {
  readonly id: string
  readonly component: string
  readonly status: Status
  readonly text: string
  readonly ms: number
  readonly evidence?: unknown
}

/** @throws CutoverError `HEALTH_OPTIONS_INVALID`, `HEALTH_HOST_NOT_NAMED`, `DURATION_INVALID`, naming the case. */
export function checkCaseOptions(given: FunctionalCase, named: NamedHosts): void {
  const { id, component } = given
  if (typeof id !== 'string' || id === '') refuseOption('cases', id, 'an id for every case')
  if (typeof component !== 'string' || component === '') refuseOption(`${id}.component`, component, 'a component')
  if (given.check) {
    knownOptions(given, checkCase, 'HEALTH_OPTIONS_INVALID', `the case ${id}`)
    if (typeof (given.check as Partial<Check>).run !== 'function') refuseOption(`${id}.check`, given.check, 'a check')
    if (typeof given.host !== 'string') refuseOption(`${id}.host`, given.host, 'whom it asks')
    named.refuseUnnamed(id, given.host)
    return
  }
  knownOptions(given, requestCase, 'HEALTH_OPTIONS_INVALID', `the case ${id}`)
  const { request, expect = {}, follow = 0, within = '10s' } = given
  if (typeof request !== 'object') refuseOption(`${id}.request`, request, '{ url }, or a check')
  knownOptions(request, runRequestOptions, 'HEALTH_OPTIONS_INVALID', `the request of ${id}`)
  knownOptions(expect, expectations, 'HEALTH_OPTIONS_INVALID', `expect of ${id}`)
  checkExpectations(expect)
  if (!Number.isInteger(follow) || follow < 0 || follow > 10)
    refuseOption(`${id}.follow`, follow, 'a whole number from 0 to 10')
  if (durationMs(within, `${id}.within`) <= 0) refuseOption(`${id}.within`, within, 'more than 0')
  runTarget(id, request, named)
}

/** Runs one case; a check that throws is undecided. Rejects only when aborted. */
export async function runCase(
  given: FunctionalCase,
  named: NamedHosts,
  transport: HttpTransport,
  context: Context,
): Promise<CaseRow> {
  const { id, component } = given
  const startedAt = context.clock.monotonic()
  let answer: Answer
  try {
    answer = given.check ? await given.check.run(context) : await ask(given, named, transport, context)
  } catch (error) {
    context.signal.throwIfAborted()
    const why = error instanceof Error ? error.message : String(error)
    answer = { status: 'undecided', text: `could not be asked: ${why}` }
  }
  const ms = Math.round(context.clock.monotonic() - startedAt)
  const { status, text, evidence } = answer
  return { id, component, status, text, ms, ...(evidence === undefined ? {} : { evidence }) }
}

async function ask(
  { id, request, expect = {}, follow = 0, within = '10s' }: RequestCase,
  named: NamedHosts,
  transport: HttpTransport,
  context: Context,
): Promise<Answer> {
  const target = runTarget(id, request, named)
  const answer = await answerWithin(durationMs(within), target, expect, context, async (signal, onPeer) => {
    const followed = await askFollowing(request, { follow, named, transport }, { signal, onPeer })
    if ('reply' in followed) return followed.reply
    return { kind: 'broken', text: `leads to ${followed.notNamed}, which hosts does not name` }
  })
  return { ...answer, text: `${target.request.method} ${target.shownUrl} ${answer.text}` }
}
