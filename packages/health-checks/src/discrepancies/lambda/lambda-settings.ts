import { CutoverError, knownOptions } from '@cutover/core'

import { refuseOption } from '../../health-error.ts'
import { asked, type SourceErrorCode } from '../../sources/service-error.ts'
import type { SettingsSource } from '../settings-source.ts'
import type { LambdaSettingsLike } from './lambda-like.ts'

export interface LambdaSettingsOptions {
  /** `new Lambda({ region })` */
  readonly client: LambdaSettingsLike
  readonly functionName: string
  /** A version or an alias. @default $LATEST */
  readonly qualifier?: string | undefined
}

/**
 * The environment variables of a Lambda function.
 *
 * @throws CutoverError `HEALTH_OPTIONS_INVALID` when made; `settings` rejects with a `SourceErrorCode`, also where the variables are
 * encrypted with a key that the caller may not use: the service answers then without them, and without an error.
 */
export function lambdaSettings(options: LambdaSettingsOptions): SettingsSource {
  knownOptions(options, ['client', 'functionName', 'qualifier'], 'HEALTH_OPTIONS_INVALID', 'lambdaSettings')
  const { client, functionName, qualifier } = options
  if (typeof (client as Partial<LambdaSettingsLike> | undefined)?.getFunctionConfiguration !== 'function')
    refuseOption('client', client, 'new Lambda(…)')
  if (typeof functionName !== 'string' || functionName === '') refuseOption('functionName', functionName, 'a text')
  return {
    name: `lambda:${functionName}`,
    async settings({ signal } = {}) {
      const what = `read the environment of function ${functionName}`
      const input = { FunctionName: functionName, ...(qualifier === undefined ? {} : { Qualifier: qualifier }) }
      const send = signal === undefined ? {} : { abortSignal: signal }
      const attempt = { what, action: 'lambda:GetFunctionConfiguration' }
      const { Environment } = await asked(attempt, signal, () => client.getFunctionConfiguration(input, send))
      if (Environment?.Error) {
        const { ErrorCode = 'an error', Message = '' } = Environment.Error
        const code: SourceErrorCode = 'HEALTH_NOT_AUTHORIZED'
        throw new CutoverError(code, `could not ${what}: ${ErrorCode}: ${Message}`, { next: 'Allow kms:Decrypt' })
      }
      return { values: Environment?.Variables ?? {} }
    },
  }
}
