import type { CallOptions } from '../dns-zone.ts'
import { abortable } from './calls.ts'
import { canonicalName } from './domain-name.ts'

/** The call of `@aws-sdk/client-cloudtrail` that is made: `new CloudTrail({ region: 'us-east-1' })`, where Route 53 writes its trail. */
export interface CloudTrailLike {
  lookupEvents(
    input: {
      LookupAttributes: { AttributeKey: 'EventName'; AttributeValue: string }[]
      StartTime: Date
      MaxResults: number
      NextToken?: string
    },
    options?: { abortSignal?: AbortSignal },
  ): Promise<{
    readonly Events?: readonly TrailEvent[] | undefined
    readonly NextToken?: string | undefined
  }>
}

interface TrailEvent {
  readonly EventTime?: Date | undefined
  readonly Username?: string | undefined
  /** JSON. */
  readonly CloudTrailEvent?: string | undefined
}

/** What is read of an event's JSON. */
interface Detail {
  readonly errorCode?: string
  readonly userIdentity?: { readonly arn?: string }
  readonly requestParameters?: {
    readonly hostedZoneId?: string
    readonly changeBatch?: {
      readonly changes?: readonly { readonly resourceRecordSet?: { readonly name?: string; readonly type?: string } }[]
    }
  }
}

/** An event is in the trail within 15 minutes, as AWS says; what is older than this is not looked for. */
const lookBackMs = 24 * 3_600_000
const mostPages = 5

/**
 * Who changed a record last, as CloudTrail has it; `undefined` where it has nothing of it (yet).
 *
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html
 */
export async function changedBy(
  trail: CloudTrailLike,
  of: { readonly hostedZoneId: string; readonly name: string; readonly type: string; readonly now: number },
  { signal }: CallOptions,
): Promise<{ readonly who: string; readonly at: number } | undefined> {
  let token: string | undefined
  for (let page = 0; page < mostPages; page += 1) {
    const answer = await trail.lookupEvents(
      {
        LookupAttributes: [{ AttributeKey: 'EventName', AttributeValue: 'ChangeResourceRecordSets' }],
        // oxlint-disable-next-line no-restricted-globals -- the SDK wants a Date; reads no clock
        StartTime: new Date(of.now - lookBackMs),
        MaxResults: 50,
        ...(token !== undefined && { NextToken: token }),
      },
      abortable(signal),
    )
    // The latest come first.
    const found = answer.Events?.find((event) => isOf(event, of))
    if (found?.EventTime) return { who: whoOf(found), at: found.EventTime.getTime() }
    token = answer.NextToken
    if (token === undefined) return undefined
  }
  return undefined
}

function isOf(
  event: TrailEvent,
  { hostedZoneId, name, type }: { readonly hostedZoneId: string; readonly name: string; readonly type: string },
): boolean {
  const { errorCode, requestParameters } = detailOf(event)
  const zone = requestParameters?.hostedZoneId?.replace(/^\/?hostedzone\//, '')
  if (errorCode !== undefined || zone !== hostedZoneId) return false
  const changes = requestParameters?.changeBatch?.changes ?? []
  return changes.some(({ resourceRecordSet: set }) => set?.type === type && canonicalName(set.name ?? '') === name)
}

function detailOf({ CloudTrailEvent: text = '{}' }: TrailEvent): Detail {
  try {
    return JSON.parse(text) as Detail
  } catch {
    return {}
  }
}

const whoOf = (event: TrailEvent): string => detailOf(event).userIdentity?.arn ?? event.Username ?? 'somebody'
