// Typical misuse, and what the compiler says to it: each file of docs/mistakes starts with the sentences that must be read.
// The whole messages are kept in messages.txt; after a wanted change: `pnpm vitest run --project docs -u`.
import { execFile } from 'node:child_process'
import { glob, readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'

import { expect, test } from 'vitest'

const root = resolve(import.meta.dirname, '../..')
const folder = join(root, 'docs/mistakes')

const report = await promisify(execFile)(join(root, 'node_modules/.bin/tsc'), ['-p', folder, '--pretty', 'false'], {
  cwd: folder,
}).then(
  () => '',
  (error: { stdout: string }) => error.stdout,
)
/** One text for each error: its first line starts with the file, the others are indented. */
const errors = report
  .split(/\n(?=\S)/)
  .map((error) => error.trimEnd())
  .filter((error) => /^[\w-]+\.ts\(/.test(error))

const files: { file: string; says: readonly string[] }[] = []
for await (const file of glob('*.ts', { cwd: folder })) {
  const text = await readFile(join(folder, file), 'utf8')
  files.push({ file, says: [...text.matchAll(/^\/\/ says: (.*)$/gm)].map(([, sentence = '']) => sentence) })
}
files.sort((a, b) => a.file.localeCompare(b.file))

test.each(files)('the compiler says what to do about $file', ({ file, says }) => {
  const found = errors.filter((error) => error.startsWith(`${file}(`))

  for (const sentence of says) expect(found.join('\n')).toContain(sentence)
  // Nothing else may be wrong with it: it would hide what the file is about.
  expect(found.filter((error) => /error TS(2305|2307|2304|7006)/.test(error))).toEqual([])
  if (says.length === 0) expect(found).toEqual([])
})

test('what is no mistake compiles for a reader who is only `strict`', async () => {
  const { stdout } = await promisify(execFile)(
    join(root, 'node_modules/.bin/tsc'),
    ['-p', join(folder, 'tsconfig.strict.json'), '--pretty', 'false'],
    { cwd: folder },
  ).catch((error: { stdout: string }) => error)

  expect(stdout).toBe('')
})

test('the messages are as they were read and accepted', async () => {
  await expect(`${errors.join('\n')}\n`).toMatchFileSnapshot(join(folder, 'messages.txt'))
})
