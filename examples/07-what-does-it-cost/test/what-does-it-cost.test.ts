import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { promisify } from 'node:util'

import { InvocationContext, type Timer } from '@azure/functions'
import { costWatch, memoryState } from '@cutover/cost-watch'
import { expect, test } from 'vitest'

import { look } from '../timer.ts'
import { hour, runawayAt, switchedAt, world } from '../world.ts'

const main = resolve(import.meta.dirname, '../main.ts')

test('it prints and draws what both sides cost, and the runaway that it catches', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [main])

  const result = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as Record<string, unknown>
  expect(result).toMatchObject({ alarms: ['runaway'], awsPerDay: '$3.60' })
  expect(result['foundAfterHours']).toBeLessThan(4)
  expect(stdout).toMatch(/^ {3}AWS {3}[▁▂▃▄▅▆▇█]+ *$/m)
  const [, file = ''] = /As a page: (.*)$/m.exec(stdout) ?? []
  const page = await readFile(file, 'utf8')
  expect(page).toContain('times what was expected since')
  expect(page).toContain('<svg')
  expect(page).not.toMatch(/NaN|undefined|<script|src=/)
})

test('as a timer of a function app it logs each hour, and the alarm as an error, once', async () => {
  const { options, clock } = world()
  const state = memoryState()
  const said: { readonly level: string; readonly text: string }[] = []
  const context = new InvocationContext({
    functionName: 'costWatch',
    logHandler: (level, ...text) => void said.push({ level, text: text.join(' ') }),
  })

  while (clock.now() < runawayAt + 5 * hour) {
    // Every run of a timer may be in another process.
    await look(costWatch({ ...options, state }))(aTimer, context)
    await clock.sleep(hour)
  }

  expect(said.filter(({ level }) => level === 'information')).toHaveLength(
    Math.ceil((runawayAt + 5 * hour - switchedAt) / hour),
  )
  expect(said.filter(({ level }) => level === 'error').map(({ text }) => text)).toEqual([
    expect.stringMatching(/^Azure: costs \d\.\d+ times what was expected since 2026-11-21T09:00:00Z/),
  ])
})

const aTimer: Timer = {
  isPastDue: false,
  schedule: { adjustForDST: true },
  scheduleStatus: { last: '', next: '', lastUpdated: '' },
}
