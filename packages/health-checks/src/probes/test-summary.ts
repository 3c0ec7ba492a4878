/** What a test report says. */
export interface TestSummary {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
  /** The names of those that failed: the first 20. */
  readonly failures: readonly string[]
  /** Why less was run than was planned: `planned 12, ran 7`. */
  readonly incomplete?: string | undefined
}

/** So many names of failed tests are told. */
export const failuresTold = 20
