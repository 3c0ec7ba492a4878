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
  functions(): readonly { readonly name: string; readonly isDisabled: boolean }[]
  syncTriggers(): void
}
