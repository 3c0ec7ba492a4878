#!/usr/bin/env node
/* oxlint-disable import/no-nodejs-modules, no-restricted-globals -- a command is Node's by nature */
import { parseArgs } from 'node:util'

import { isCutoverError } from '@cutover/core'

import { giveAnswer } from './give-answer.ts'
import { statusOf } from './status-of.ts'
import { type Command, commandOf, usage } from './usage.ts'

process.exitCode = await main(process.argv.slice(2))

/** 0: done. 1: refused, with the reason. 2: not understood. */
async function main(parameters: readonly string[]): Promise<0 | 1 | 2> {
  let command: Command
  try {
    const { values, positionals } = parseArgs({
      args: [...parameters],
      allowPositionals: true,
      options: { who: { type: 'string' }, why: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
    })
    command = values.help ? { name: 'help' } : commandOf(positionals, values)
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`)
    return 2
  }
  try {
    for await (const text of run(command)) process.stdout.write(`${text}\n`)
    return 0
  } catch (error) {
    if (!isCutoverError(error)) throw error
    process.stderr.write(`${[error.message, error.next, error.code].filter(Boolean).join('\n')}\n`)
    return 1
  }
}

async function* run(command: Command): AsyncGenerator<string> {
  if (command.name === 'help') yield usage.trimEnd()
  else if (command.name === 'status') yield await statusOf(command.journal)
  else yield* giveAnswer(command)
}
