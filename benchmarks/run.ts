// `npm run bench -- NAME` runs NAME.ts, prints its table and, last, one line of JSON.
import { glob } from 'node:fs/promises'
import { basename } from 'node:path'

/** What each benchmark exports as its default. */
export type Benchmark = () => Promise<{
  readonly table: Record<string, Record<string, string | number>>
  readonly result: Record<string, unknown>
}>

const known: string[] = []
for await (const file of glob('*.ts', { cwd: import.meta.dirname })) known.push(basename(file, '.ts'))
const names = known.filter((name) => name !== 'run').sort()

const name = process.argv.slice(2).find((argument) => argument !== '--')
if (name === undefined || !names.includes(name)) {
  console.error(
    `${name === undefined ? 'Which benchmark?' : `There is no benchmark ${name}.`} Known: ${names.join(', ') || 'none yet'}`,
  )
  console.error('Usage: npm run bench -- NAME')
  process.exit(2)
}

const { default: benchmark } = (await import(`./${name}.ts`)) as { default: Benchmark }
const { table, result } = await benchmark()
console.table(table)
console.log(JSON.stringify({ benchmark: name, ...result }))
