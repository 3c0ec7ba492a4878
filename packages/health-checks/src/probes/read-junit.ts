import { SaxesParser } from 'saxes'

import { failuresTold, type TestSummary } from './test-summary.ts'

/**
 * What a JUnit report says, by its test cases: the sums in its attributes are somebody else's arithmetic.
 *
 * Each `testcase` with a `failure` or an `error` failed, with `skipped` it did not run. An `error` of a suite itself is a failure too.
 *
 * @throws Error for text that is no well-formed XML, such as one that was cut, or has no `testsuite`.
 * @see https://github.com/testmoapp/junitxml for what test runners write.
 */
export function readJunit(text: string): TestSummary {
  let [passed, failed, skipped] = [0, 0, 0]
  const failures: string[] = []
  let isReport = false
  let suite = ''
  let current: { readonly name: string; outcome: 'passed' | 'failed' | 'skipped' } | undefined
  const fail = (name: string): void => {
    failed += 1
    if (failures.length < failuresTold) failures.push(name)
  }
  const parser = new SaxesParser()
  parser.on('error', (error) => {
    throw error
  })
  parser.on('opentag', ({ name, attributes }) => {
    if (name === 'testsuite' || name === 'testsuites') {
      isReport = true
      suite = attributes['name'] ?? suite
    } else if (name === 'testcase') {
      const { classname, name: own = 'a test without a name' } = attributes as Record<string, string>
      current = { name: classname === undefined ? own : `${classname} › ${own}`, outcome: 'passed' }
    } else if (name === 'failure' || name === 'error') {
      if (current) current.outcome = 'failed'
      else fail(suite)
    } else if (name === 'skipped' && current?.outcome === 'passed') current.outcome = 'skipped'
  })
  parser.on('closetag', ({ name }) => {
    if (name !== 'testcase' || !current) return
    if (current.outcome === 'failed') fail(current.name)
    else if (current.outcome === 'skipped') skipped += 1
    else passed += 1
    current = undefined
  })
  parser.write(reportIn(text)).close()
  if (!isReport) throw new Error('it has no testsuite')
  return { passed, failed, skipped, failures }
}

/** Package managers print lines before and after what they run. */
function reportIn(text: string): string {
  const from = /<\?xml|<testsuites?\b/.exec(text)?.index ?? 0
  const end = text.lastIndexOf('</testsuite')
  return end < 0 ? text.slice(from).trim() : text.slice(from, text.indexOf('>', end) + 1 || undefined)
}
