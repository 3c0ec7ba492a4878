import { CutoverError } from '@cutover/core'

import type { CostErrorCode } from '../cost-error-code.ts'
import { checkedClient } from '../cost-options.ts'
import { checkedShape, type LambdaShape } from '../usage/lambda-shape.ts'
import type { ReadOptions } from '../usage/usage-row.ts'
import { asked } from './aws-error.ts'
import { abortable, type LambdaConfigurationLike } from './cloudwatch-like.ts'

/**
 * Reads what decides a function's price: memory, architecture, storage, and its tags; account and region are those of its ARN.
 *
 * Provisioned concurrency is not in it: add `provisionedConcurrency` yourself.
 *
 * @throws CutoverError `COST_NOT_FOUND`, `COST_NOT_AUTHORIZED`, `COST_THROTTLED`, `COST_UNAVAILABLE`
 */
export async function lambdaShape(
  client: LambdaConfigurationLike,
  functionName: string,
  { signal }: ReadOptions = {},
): Promise<LambdaShape> {
  checkedClient(client, ['getFunctionConfiguration', 'listTags'], 'lambdaShape', 'new Lambda(...)')
  const attempt = { what: `read the configuration of ${functionName}`, action: 'lambda:GetFunctionConfiguration' }
  const found = await asked(attempt, signal, () =>
    client.getFunctionConfiguration({ FunctionName: functionName }, abortable(signal)),
  )
  const { FunctionArn: arn = '', MemorySize: memoryMb = 0, Architectures: [architecture = 'x86_64'] = [] } = found
  const [, , , region = '', account = ''] = arn.split(':')
  if (region === '' || account === '') {
    throw new CutoverError<CostErrorCode>('COST_NOT_FOUND', `${functionName} has no ARN that tells region and account`)
  }
  return checkedShape({
    functionName: found.FunctionName ?? functionName,
    arn,
    account,
    region,
    memoryMb,
    architecture: architecture as 'x86_64' | 'arm64',
    ephemeralStorageMb: found.EphemeralStorage?.Size ?? 512,
    tags: await lambdaTags(client, arn, { signal }),
  })
}

/** The tags of a function. */
export async function lambdaTags(
  client: Pick<LambdaConfigurationLike, 'listTags'>,
  arn: string,
  { signal }: ReadOptions,
): Promise<Readonly<Record<string, string>>> {
  const attempt = { what: `read the tags of ${arn}`, action: 'lambda:ListTags' }
  const { Tags: tags = {} } = await asked(attempt, signal, () => client.listTags({ Resource: arn }, abortable(signal)))
  return tags
}
