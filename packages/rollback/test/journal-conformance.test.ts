import { journalConformance } from '@cutover/rollback/testing'
import { describe, test } from 'vitest'

import { jsonl, memory, noMount, sqlite } from './journal-kinds.ts'

const slowly = { timeout: 30_000 }

describe('memory', () => {
  for (const { name, run } of journalConformance(memory)) test(`it ${name}`, slowly, run)
})

describe('JSONL', () => {
  for (const { name, run } of journalConformance(jsonl)) test(`it ${name}`, slowly, run)
})

describe('SQLite', () => {
  for (const { name, run } of journalConformance(sqlite)) test(`it ${name}`, slowly, run)
})

test('a full disk is among what they suffer', ({ skip }) => {
  if (noMount !== undefined) skip(noMount)
})
