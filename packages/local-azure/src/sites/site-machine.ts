import type { HostNames } from './host-name-binding.ts'

/**
 * One function app as a state machine: what `@cutover/triggers/testing` has, and what a test of your own can write in thirty
 * lines. Each method is the service's own act, atomic and at once.
 */
export interface SiteMachine {
  /** The app's name. */
  readonly name: string
  site(): { readonly enabled: boolean; readonly state: 'Running' | 'Stopped'; readonly hostNames: readonly string[] }
  start(): void
  stop(): void
  restart(): void
  /** `enabled` is not `state`: neither follows the other. Without it an app that is told to change it answers 501. */
  setEnabled?(enabled: boolean): void
  appSettings(): Readonly<Record<string, string>>
  /** Replaces all of them, and restarts the app. */
  putAppSettings(settings: Readonly<Record<string, string>>): void
  functions(): readonly {
    readonly name: string
    readonly isDisabled: boolean
    /** `{ bindings: [{ type: 'httpTrigger', route: 'orders/{id}', methods: ['get'] }] }`. @default {} */
    readonly config?: Readonly<Record<string, unknown>>
  }[]
  /** Settings that refer to a vault, and whether they were resolved. @default none */
  references?(): readonly { readonly setting: string; readonly reference: string; readonly status: string }[]
  syncTriggers(): void
  /** Of a Flex Consumption app: runtime, deployment, and scale. Without it the app is on another plan. */
  functionAppConfig?(): Readonly<Record<string, unknown>>
  /** Replaces it. Without it an app that is told to change it answers 501. */
  putFunctionAppConfig?(config: Readonly<Record<string, unknown>>): void
  /** What a TXT record `asuid.<host name>` has to say before the app takes the name. @default none */
  readonly customDomainVerificationId?: string | undefined
  /** The plan that it runs on, as a resource's id. @default none */
  readonly serverFarmId?: string | undefined
  /** Without it, requests for host names answer 501. */
  readonly hostNames?: HostNames | undefined
}
