#!/usr/bin/env node
import { parseArgs } from 'node:util'

import { isCutoverError, systemClock } from '@cutover/core'

import { reportMarkdown } from '../report-page/report-markdown.ts'
import { confirm } from './confirm.ts'
import { giveAnswer, questionPreview, refuseAnswer } from './give-answer.ts'
import { journalAt } from './journal-at.ts'
import { operate, requestOf } from './operate.ts'
import { previewOf } from './preview.ts'
import { refuseLate } from './refuse-late.ts'
import { standingOf } from './standing-of.ts'
import { statusOf } from './status-of.ts'
import { type Command, commandOf, type Request, usage } from './usage.ts'
import { watchOn } from './watch-on.ts'

// A reader that is gone (`… | head`) is no error.
process.stdout.on('error', () => process.exit())
process.exitCode = await main(process.argv.slice(2))

/** 0: done. 1: refused, with the reason. 2: not understood. */
async function main(parameters: readonly string[]): Promise<0 | 1 | 2> {
  let command: Command
  try {
    const { values, positionals } = parseArgs({
      args: [...parameters],
      allowPositionals: true,
      options: {
        who: { type: 'string' },
        why: { type: 'string' },
        yes: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    })
    command = values.help ? { name: 'help' } : commandOf(positionals, values)
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`)
    return 2
  }
  try {
    for await (const text of run(command, parameters)) process.stdout.write(`${text}\n`)
    return 0
  } catch (error) {
    if (!isCutoverError(error)) throw error
    process.stderr.write(`${[error.message, error.next, error.code].filter(Boolean).join('\n')}\n`)
    return 1
  }
}

async function* run(command: Command, parameters: readonly string[]): AsyncGenerator<string> {
  switch (command.name) {
    case 'help':
      yield usage.trimEnd()
      return
    case 'status':
      yield statusOf(await standingOf(await journalAt(command.journal)))
      return
    case 'watch':
      yield* watchOn(await journalAt(command.journal))
      return
    case 'report':
      yield (await reportMarkdown(await journalAt(command.journal))).trimEnd()
      return
    default:
      yield* steer(command, parameters)
  }
}

/** Shows what it will do and how long that takes, asks, and does it. */
async function* steer(request: Request, parameters: readonly string[]): AsyncGenerator<string> {
  const standing = await standingOf(await journalAt(request.journal))
  if (request.name === 'answer') {
    refuseAnswer(request, standing)
    yield questionPreview(request, standing).join('\n')
    await confirm(request, parameters)
    yield* giveAnswer(request, standing)
    return
  }
  const asked = requestOf(standing, request.name, request)
  refuseLate(standing.history, standing.pending, asked, systemClock.now())
  yield previewOf(request, standing, systemClock.now()).join('\n')
  await confirm(request, parameters)
  yield* operate(await standingOf(standing.journal), asked)
}
