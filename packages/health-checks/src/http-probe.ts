import { type Check, defineCheck, type Duration, durationMs, formatDuration, knownOptions } from '@cutover/core'

import { refuseOption } from './health-error.ts'
import { answerWithin, type HttpEvidence } from './http-answer.ts'
import { checkExpectations, type HttpExpectations, wantedStatus } from './http-expectations.ts'
import type { HttpTransport } from './http-transport.ts'
import { nodeTransport } from './node-transport.ts'
import { type ProbeTarget, probeTarget } from './probe-target.ts'

export interface HttpProbeOptions extends ProbeTarget, HttpExpectations {
  /** How long connecting and the whole answer may take together. @default '5s' */
  readonly within?: Duration | undefined
  /** @default made of method, URL without query, and address */
  readonly id?: string | undefined
  /** What is true when it passes, for people. @default URL, address and what is wanted */
  readonly title?: string | undefined
  /** @default nodeTransport */
  readonly transport?: HttpTransport | undefined
}

const probeOptions: readonly (keyof HttpProbeOptions)[] = [
  'url',
  'address',
  'port',
  'method',
  'headers',
  'ca',
  'status',
  'responseHeaders',
  'body',
  'json',
  'within',
  'id',
  'title',
  'transport',
]

/**
 * Asks one address over HTTP, under the real name: Host, SNI and the certificate's name are the URL's, whatever `address` is.
 *
 * `pass`: it answered, and status, headers, body and `within` hold. `fail`: word came from the address, and something does
 * not hold: a wrong answer, none within `within` on a connection that stands, a connection that it refused or broke, a
 * certificate that does not fit. `undecided`: no word came from the address (no address for the name, no route, no connection
 * within `within`), the body is over 1 MiB and was to be judged, or this process stood still meanwhile.
 *
 * A service that is starting refuses too: give `require` and `waitFor` a `patience`. Each ask is a new connection.
 *
 * @throws CutoverError `HEALTH_OPTIONS_INVALID`, `DURATION_INVALID` when it is made, before anything is asked.
 */
export function httpProbe(options: HttpProbeOptions): Check<HttpEvidence> {
  // The URL alone, as fetch takes it, may have a key in its query: it is not shown.
  if (typeof options === 'string') refuseOption('options', 'a text', '{ url }')
  knownOptions(options, probeOptions, 'HEALTH_OPTIONS_INVALID', 'httpProbe')
  const { within = '5s', transport = nodeTransport, address, port, method = 'GET' } = options
  const target = probeTarget(options)
  checkExpectations(options)
  if (typeof (transport as Partial<HttpTransport> | null)?.request !== 'function')
    refuseOption('transport', transport, 'an HttpTransport, such as nodeTransport')
  const withinMs = durationMs(within, 'within')
  if (withinMs <= 0) refuseOption('within', within, 'more than 0')
  if (method === 'HEAD' && (options.body ?? options.json))
    refuseOption('method', method, 'GET: HEAD has no body to judge')
  const elsewhere = address !== undefined || port !== undefined
  const where = elsewhere ? `${target.shownUrl} at ${target.asked}` : target.shownUrl
  const { title = `${where} answers ${wantedStatus(options)} within ${formatDuration(withinMs)}` } = options
  const { id = `health:${method.toLowerCase()}:${target.shownUrl}${elsewhere ? `@${target.asked}` : ''}` } = options

  for (const [field, text] of Object.entries({ id, title })) {
    if (typeof text !== 'string' || text === '') refuseOption(field, text, 'a text')
  }

  return defineCheck<HttpEvidence>({
    id,
    title,
    async run(context) {
      const answer = await answerWithin(withinMs, target, options, context, (stop, onPeer) =>
        transport.request(target.request, { signal: stop, onPeer }),
      )
      return { ...answer, text: `${where} ${answer.text}` }
    },
  })
}
