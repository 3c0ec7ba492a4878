import { CutoverError, knownOptions } from '@cutover/core'

import type { Cutover } from '../cutover.ts'
import { replay } from '../replay.ts'
import type { RunOptions } from '../run-options.ts'
import { type AzureRole, azureRoleOf } from './azure-role.ts'
import { type IamPolicy, iamPolicyOf } from './iam-policy.ts'
import { type Permission, permissionOf } from './permission.ts'

export interface PermissionsOptions {
  /** The role's name: unique in the directory. @default `Cutover ID` */
  readonly roleName?: string | undefined
  /** Where the role can be assigned: `/subscriptions/…/resourceGroups/orders`. @default a placeholder to fill in */
  readonly scopes?: readonly string[] | undefined
}

export interface RequiredPermissions {
  /** Every change that the script came to, in its order; `undefined`: it does not say what it needs. */
  readonly steps: readonly {
    readonly step: string
    readonly title: string
    readonly permissions: readonly string[] | undefined
  }[]
  /** The steps that do not say: whatever they need is in no policy. */
  readonly unknown: readonly string[]
  /** What is neither an IAM action nor an Azure operation: a right at a database, a name server. */
  readonly others: readonly string[]
  /** `undefined` when nothing needs AWS. */
  readonly iamPolicy: IamPolicy | undefined
  /** `undefined` when nothing needs Azure. */
  readonly azureRole: AzureRole | undefined
}

/**
 * What a script needs, for apply and revert of all its changes, as a least-privilege IAM policy and an Azure custom role. Asks the
 * script itself: of what its journal has recorded, so of the whole script after a rehearsal over fakes. Replays, reads, writes
 * nothing.
 *
 * Checks are not in it: what they read, their own pages say.
 *
 * @throws CutoverError `CUTOVER_NOTHING_BEGUN`, `CUTOVER_OPTIONS_INVALID`
 */
export async function requiredPermissions(
  options: { readonly id: string } & RunOptions,
  script: (cutover: Cutover) => Promise<unknown>,
  permissionsOptions: PermissionsOptions = {},
): Promise<RequiredPermissions> {
  knownOptions(permissionsOptions, ['roleName', 'scopes'], 'CUTOVER_OPTIONS_INVALID', 'requiredPermissions')
  const { roleName = `Cutover ${options.id}`, scopes = ['/subscriptions/<SUBSCRIPTION>'] } = permissionsOptions
  const wrong = scopes.find((scope) => !/^\/(subscriptions|providers\/Microsoft\.Management)\/./.test(scope))
  if (wrong !== undefined || scopes.length === 0) {
    const found = JSON.stringify(wrong ?? scopes)
    throw new CutoverError(
      'CUTOVER_OPTIONS_INVALID',
      `scopes is ${found}; wanted '/subscriptions/ID/resourceGroups/NAME'`,
    )
  }
  const { constructed } = await replay(options, script)
  const steps = [...constructed].map(([step, { change }]) => ({
    step,
    title: change.title,
    permissions: change.permissions,
  }))
  const all = steps.flatMap(({ permissions = [] }) => permissions.map(permissionOf))
  const of = (cloud: Permission['cloud']): readonly Permission[] =>
    all.filter((permission) => permission.cloud === cloud)
  const [aws, azure] = [of('aws'), of('azure')]
  return {
    steps,
    unknown: steps.filter(({ permissions }) => permissions === undefined).map(({ step }) => step),
    others: [...new Set(of(undefined).map(({ action }) => action))].sort(),
    iamPolicy: aws.length === 0 ? undefined : iamPolicyOf(aws),
    azureRole: azure.length === 0 ? undefined : azureRoleOf(azure, { name: roleName, scopes }),
  }
}
