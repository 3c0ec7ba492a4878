import { CutoverError } from '@cutover/core'

import type { CostErrorCode } from '../cost-error-code.ts'

/** What of a Lambda function decides its price. `lambdaShape` of `@cutover/cost-watch/aws` reads it. */
export interface LambdaShape {
  /** The function's name, as CloudWatch knows it. */
  readonly functionName: string
  /** @default the name */
  readonly arn?: string | undefined
  readonly account: string
  readonly region: string
  readonly memoryMb: number
  /** @default 'x86_64' */
  readonly architecture?: 'x86_64' | 'arm64' | undefined
  /** The first 512 are free. @default 512 */
  readonly ephemeralStorageMb?: number | undefined
  /** How much provisioned concurrency is configured. @default 0 */
  readonly provisionedConcurrency?: number | undefined
  readonly tags?: Readonly<Record<string, string>> | undefined
}

/** @throws CutoverError `COST_OPTION_INVALID` naming the field. */
export function checkedShape(shape: LambdaShape): LambdaShape {
  const { functionName, account, region, memoryMb, ephemeralStorageMb = 512, provisionedConcurrency = 0 } = shape
  const { architecture = 'x86_64' } = shape
  for (const [field, value] of Object.entries({ functionName, account, region })) {
    if (typeof value !== 'string' || value === '') throw invalid(`${field} is ${JSON.stringify(value)}; wanted a text`)
  }
  if (!Number.isInteger(memoryMb) || memoryMb < 128 || memoryMb > 10_240) {
    throw invalid(`memoryMb of ${functionName} is ${memoryMb}; wanted 128 to 10240`)
  }
  if (architecture !== 'x86_64' && architecture !== 'arm64') {
    throw invalid(`architecture of ${functionName} is ${JSON.stringify(architecture)}; wanted 'x86_64' or 'arm64'`)
  }
  if (!Number.isInteger(ephemeralStorageMb) || ephemeralStorageMb < 512 || ephemeralStorageMb > 10_240) {
    throw invalid(`ephemeralStorageMb of ${functionName} is ${ephemeralStorageMb}; wanted 512 to 10240`)
  }
  if (!Number.isInteger(provisionedConcurrency) || provisionedConcurrency < 0) {
    throw invalid(`provisionedConcurrency of ${functionName} is ${provisionedConcurrency}; wanted 0 or more`)
  }
  return shape
}

const invalid = (text: string): CutoverError<CostErrorCode> => new CutoverError('COST_OPTION_INVALID', text)
