#!/usr/bin/env node
/* oxlint-disable import/no-nodejs-modules, no-restricted-globals -- a command is Node's by nature */
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'

import { csvScorer } from '../watch/score-csv.ts'

const usage = `Usage
  npx --no-install cost-watch score [--strict] < CSV > CSV
      Scores a series: timestamp,value in; timestamp,value,score out, line by line, each from the lines before it.
      0 is ordinary, 0.5 one in 10,000, 1 one in 100 million. What cannot be read is told on standard error and has
      no score; with --strict it ends the command.
  npx --no-install cost-watch --help
`

process.exitCode = await main(process.argv.slice(2))

/** 0: done. 1: a line that cannot be read, with --strict. 2: not understood. */
async function main(parameters: readonly string[]): Promise<0 | 1 | 2> {
  let strict: boolean
  try {
    const { values, positionals } = parseArgs({
      args: [...parameters],
      allowPositionals: true,
      options: { strict: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
    })
    if (values.help) {
      process.stdout.write(usage)
      return 0
    }
    if (positionals.length !== 1 || positionals[0] !== 'score')
      throw new Error(`there is no command ${JSON.stringify(positionals.join(' '))}`)
    strict = values.strict ?? false
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`)
    return 2
  }
  return score(strict)
}

async function score(strict: boolean): Promise<0 | 1> {
  let problems = 0
  const scorer = csvScorer((problem) => {
    problems += 1
    process.stderr.write(`${problem}\n`)
  })
  // A reader that has seen enough, as `head`, is no failure.
  process.stdout.on('error', () => process.exit(0))
  for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
    const answer = scorer.line(line)
    if (strict && problems > 0) return 1
    if (answer !== undefined && !process.stdout.write(`${answer}\n`)) await once(process.stdout, 'drain')
  }
  return 0
}
