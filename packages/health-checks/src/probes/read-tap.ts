import { failuresTold, type TestSummary } from './test-summary.ts'

/**
 * What a TAP stream says, by its lines at the outermost level: a subtest counts as the one test that sums it up.
 *
 * `# SKIP` did not run, `# TODO` may fail. Without a plan, with fewer tests than planned, and after `Bail out!` it is incomplete.
 *
 * @throws Error for text without any test and without a plan.
 * @see https://testanything.org/tap-version-14-specification.html
 */
export function readTap(text: string): TestSummary {
  let [passed, failed, skipped] = [0, 0, 0]
  const failures: string[] = []
  let planned: number | undefined
  let bailed: string | undefined
  let inYaml = false
  for (const line of text.split(/\r?\n/)) {
    // A diagnosis, indented by two, may quote anything.
    if (/^ {2}---\s*$/.test(line)) inYaml = true
    else if (/^ {2}\.\.\.\s*$/.test(line)) inYaml = false
    if (inYaml) continue
    const bail = /^\s*Bail out!\s*(.*)$/i.exec(line)
    if (bail) {
      bailed = bail[1] === '' ? 'it bailed out' : `it bailed out: ${bail[1]}`
      break
    }
    const plan = /^1\.\.(\d+)/.exec(line)
    if (plan) {
      planned = Number(plan[1])
      continue
    }
    const point = /^(not )?ok\b\s*(?:\d+\s*)?(?:- )?(.*)$/.exec(line)
    if (!point) continue
    const [, not, rest = ''] = point
    const directive = /(?:^|\s)#\s*(skip|todo)\b/i.exec(rest)?.[1]?.toLowerCase()
    if (directive === 'skip') skipped += 1
    else if (not === undefined || directive === 'todo') passed += 1
    else {
      failed += 1
      if (failures.length < failuresTold) failures.push(rest.trim() === '' ? 'a test without a name' : rest.trim())
    }
  }
  const ran = passed + failed + skipped
  if (ran === 0 && planned === undefined && bailed === undefined) throw new Error('it has neither a test nor a plan')
  const short =
    planned === undefined ? 'it has no plan' : ran === planned ? undefined : `planned ${planned}, ran ${ran}`
  const incomplete = bailed ?? short
  return { passed, failed, skipped, failures, ...(incomplete === undefined ? {} : { incomplete }) }
}
