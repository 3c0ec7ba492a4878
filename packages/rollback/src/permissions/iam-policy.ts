import type { Permission } from './permission.ts'

/** As `aws iam create-policy --policy-document` takes it. */
export interface IamPolicy {
  readonly Version: '2012-10-17'
  readonly Statement: readonly {
    readonly Sid: string
    readonly Effect: 'Allow'
    readonly Action: readonly string[]
    readonly Resource: readonly string[]
  }[]
}

/**
 * One statement for each service and set of resources. `*` stands where a change names no resource, or the service knows none for
 * that action.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 */
export function iamPolicyOf(permissions: readonly Permission[]): IamPolicy {
  const resources = new Map<string, Set<string>>()
  for (const { action, resource = '*' } of permissions)
    resources.set(action, (resources.get(action) ?? new Set()).add(resource))
  const statements = new Map<
    string,
    { readonly service: string; readonly actions: string[]; readonly on: readonly string[] }
  >()
  for (const [action, all] of [...resources].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const on = all.has('*') ? ['*'] : [...all].sort()
    const service = action.slice(0, action.indexOf(':'))
    const key = JSON.stringify([service, on])
    const statement = statements.get(key) ?? { service, actions: [], on }
    statement.actions.push(action)
    statements.set(key, statement)
  }
  const counts = new Map<string, number>()
  return {
    Version: '2012-10-17',
    Statement: [...statements.values()].map(({ service, actions, on }) => {
      const number = (counts.get(service) ?? 0) + 1
      counts.set(service, number)
      return { Sid: sidOf(service, number), Effect: 'Allow', Action: actions, Resource: on }
    }),
  }
}

/** Letters and digits only. */
const sidOf = (service: string, number: number): string =>
  `Cutover${service.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase())}${number}`
