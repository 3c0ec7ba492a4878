import { type Clock, type Duration, durationMs, knownOptions } from '@cutover/core'

import type { CountSource } from '../../count-source.ts'
import { refuseOption } from '../../health-error.ts'
import { cloudWatchCounts } from './cloudwatch-counts.ts'
import type { AggregatedCloudWatch, CloudWatchLike } from './cloudwatch-like.ts'

export interface LambdaErrorsOptions<Client = CloudWatchLike> {
  /** `new CloudWatch({ region })` */
  readonly client: AggregatedCloudWatch<Client>
  readonly functionName: string
  /** An alias or version: only what was called through it. @default all */
  readonly qualifier?: string | undefined
  /** An invocation that takes longer is counted as slow: the source's own p95 or p99. @default not counted */
  readonly slowerThan?: Duration | undefined
  /** The function's own timeout. @default '1m' */
  readonly timeout?: Duration | undefined
  /** @default systemClock */
  readonly clock?: Clock | undefined
}

const lambdaOptions: readonly (keyof LambdaErrorsOptions)[] = [
  'client',
  'functionName',
  'qualifier',
  'slowerThan',
  'timeout',
  'clock',
]

/** Metrics come up to two minutes late. */
const lagMs = 120_000

/**
 * Invocations and errors of a Lambda function, minute by minute; with `slowerThan` also how many took longer.
 *
 * An invocation is counted in the minute in which it *began*, and only when it has ended: a minute settles two minutes and the
 * function's `timeout` after its end. Throttled calls are no invocations; they are counted nowhere here.
 *
 * @throws CutoverError as `cloudWatchCounts` does.
 */
export function lambdaErrors<Client>(options: LambdaErrorsOptions<Client>): CountSource {
  knownOptions(options, lambdaOptions, 'HEALTH_OPTIONS_INVALID', 'lambdaErrors')
  const { client, functionName, qualifier, slowerThan, timeout = '1m', clock } = options
  if (typeof functionName !== 'string' || functionName === '') refuseOption('functionName', functionName, 'a text')
  const slowMs = slowerThan === undefined ? undefined : durationMs(slowerThan, 'slowerThan')
  const settle: Duration = `${lagMs + durationMs(timeout, 'timeout')}ms`
  const dimensions = {
    FunctionName: functionName,
    ...(qualifier === undefined ? {} : { Resource: `${functionName}:${qualifier}` }),
  }
  const of = (metric: string, stat = 'Sum') => ({ namespace: 'AWS/Lambda', metric, dimensions, stat })
  return cloudWatchCounts<Client>({
    client,
    total: of('Invocations'),
    bad: of('Errors'),
    // The service counts what lies above: docs.aws.amazon.com/AmazonCloudWatch › Statistics definitions › Trimmed count.
    slow: slowMs === undefined ? undefined : of('Duration', `TC(${slowMs}:)`),
    settle,
    clock,
  })
}
