#!/usr/bin/env node
// node scripts/test-summary.mjs REPORT STATUS: counts vitest's JSON report and prints, last and alone on its line,
// `N passed, N failed, N skipped`. Ends with STATUS, the exit code of the run that wrote the report; with 1 when that is
// 0 and yet something failed, nothing ran, or (with CUTOVER_REQUIRE_SERVERS=1) something was skipped.
import { readFileSync } from 'node:fs'

const [report = '.cache/tests.json', status = '0'] = process.argv.slice(2)

let results = []
try {
  results = JSON.parse(readFileSync(report, 'utf8')).testResults
} catch (error) {
  console.error(`No test has run: ${error.message}`)
}

const tests = results.flatMap((file) => file.assertionResults.map((test) => ({ file: file.name, ...test })))
const passed = tests.filter((test) => test.status === 'passed')
const failed = tests.filter((test) => test.status === 'failed')
const skipped = tests.filter((test) => test.status !== 'passed' && test.status !== 'failed')
// A file that cannot be loaded has no tests, and is nevertheless one failure.
const broken = results.filter(
  (file) => file.status === 'failed' && !file.assertionResults.some((t) => t.status === 'failed'),
)

const serversRequired = process.env.CUTOVER_REQUIRE_SERVERS === '1'
for (const { name } of broken) console.error(`could not be run: ${name}`)
for (const { file, fullName } of failed) console.error(`failed: ${file}: ${fullName}`)
if (serversRequired)
  for (const { file, fullName } of skipped) console.error(`skipped, which counts as red here: ${file}: ${fullName}`)

let failures = failed.length + broken.length
// Red without a failed test: the compiler, lint, the format, or a run that ended early.
if (Number(status) !== 0 && failures === 0) failures = 1
console.log(`${passed.length} passed, ${failures} failed, ${skipped.length} skipped`)

if (Number(status) !== 0) process.exitCode = Number(status)
else if (failures > 0 || passed.length === 0 || (serversRequired && skipped.length > 0)) process.exitCode = 1
