// Clients that order: each resolves the name with a resolver of its own, and orders again until it is told that its order is
// accepted.
import { appendFileSync } from 'node:fs'
import { request } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'

import { resolverFor } from '@cutover/dns/testing'

const everyMs = 150

export interface CallerOptions {
  readonly number: number
  readonly name: string
  readonly dnsPort: number
  readonly httpPort: number
  /** One line for each order that was accepted: the judge's only witness. */
  readonly log: string
  readonly onAccepted: (side: string) => void
}

export async function caller(
  { number, name, dnsPort, httpPort, log, onAccepted }: CallerOptions,
  stop: AbortSignal,
): Promise<void> {
  const resolver = resolverFor({ port: dnsPort, name: `resolver-${number}` })
  for (let order = 0; !stop.aborted; order++) {
    const id = `${number}-${order}`
    const address = (await resolver.lookup(name, 'A').catch(() => undefined))?.values[0]
    const { status, side } = address === undefined ? { status: 0, side: '' } : await post(address, httpPort, name, id)
    // 429, 404 and 503 did nothing; an answer that was lost is not an order that was accepted, so the next one has a new name.
    if (status === 202) {
      appendFileSync(log, `${JSON.stringify({ id, by: side, at: Date.now() })}\n`)
      onAccepted(side)
    }
    await pause(everyMs)
  }
}

function post(
  host: string,
  port: number,
  name: string,
  id: string,
): Promise<{ readonly status: number; readonly side: string }> {
  return new Promise((resolve) => {
    const sent = request(
      { host, port, method: 'POST', path: `/orders/${id}`, agent: false, timeout: 3_000, headers: { host: name } },
      (response) => {
        response.resume()
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, side: String(response.headers['x-side']) }),
        )
        response.on('error', () => resolve({ status: 0, side: '' }))
      },
    )
    sent.on('timeout', () => sent.destroy())
    sent.on('error', () => resolve({ status: 0, side: '' }))
    sent.end()
  })
}
