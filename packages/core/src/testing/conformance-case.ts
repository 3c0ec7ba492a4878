/** One case of a published conformance suite; tied to no test runner: `for (const { name, run } of cases) test(name, run)`. */
export interface ConformanceCase {
  readonly name: string
  readonly run: () => Promise<void>
}
