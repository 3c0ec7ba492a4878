// A change is INSYNC at a known moment: when does our zone say so, and when AWS's waiter, which ask the same server over HTTP?
import { Route53, waitUntilResourceRecordSetsChanged } from '@aws-sdk/client-route-53'
import { fakeWorld } from '@cutover/core/testing'
import { systemClock } from '@cutover/dns'
import { route53Zone } from '@cutover/dns/route53'
import { inMemoryRoute53, localRoute53 } from '@cutover/dns/testing'

export interface Insync {
  /** When the change is INSYNC after it was made. */
  readonly insyncMs: number
  readonly lagMs: number
  readonly questions: number
  readonly awsLagMs: number
  readonly awsQuestions: number
}

export async function insyncAfter(insyncMs: number): Promise<Insync> {
  const world = fakeWorld()
  const over = new AbortController()
  const clock = inRealTime(world, over.signal)
  const route53 = inMemoryRoute53(world, { insyncMs })
  // Two doors to one service, so that the questions of each are counted.
  const doors = [await localRoute53(route53), await localRoute53(route53)] as const
  try {
    const [ours, theirs] = doors.map(({ endpoint }) => {
      const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'bench' }
      return new Route53({ endpoint, region: 'us-east-1', credentials, maxAttempts: 1 })
    }) as [Route53, Route53]
    const zone = route53Zone({ client: ours, hostedZoneId: route53.hostedZoneId, name: 'example.com' })
    const set = { name: 'api.example.com', type: 'A', ttlSeconds: 60, values: ['192.0.2.1'] } as const
    const receipt = await zone.replace(undefined, set)
    const insyncAt = performance.now() + insyncMs
    const asked = doors.map(({ requests }) => requests.length)
    const lag = async (wait: Promise<unknown>): Promise<number> => {
      await wait
      return performance.now() - insyncAt
    }
    const Id = (receipt as { readonly changeId: string }).changeId
    const [lagMs, awsLagMs] = await Promise.all([
      lag(zone.waitUntilServed(receipt, { since: systemClock.now(), clock: systemClock })),
      lag(waitUntilResourceRecordSetsChanged({ client: theirs, maxWaitTime: 300 }, { Id })),
    ])
    const [questions = 0, awsQuestions = 0] = doors.map(({ requests }, i) => requests.length - (asked[i] ?? 0))
    return { insyncMs, lagMs, questions, awsLagMs, awsQuestions }
  } finally {
    over.abort()
    await clock
    for (const door of doors) await door[Symbol.asyncDispose]()
  }
}

/** The fake's time goes on as ours does. */
async function inRealTime(world: ReturnType<typeof fakeWorld>, signal: AbortSignal): Promise<void> {
  for (let last = performance.now(); !signal.aborted;) {
    await systemClock.sleep(10, { signal }).catch(() => {})
    const now = performance.now()
    await world.advance(now - last)
    last = now
  }
}
