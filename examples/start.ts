// npm start [-- EXAMPLE]: runs an example's main job; without a name, the whole one.
import { existsSync } from 'node:fs'
import { join } from 'node:path'

const name = process.argv.slice(2).find((argument) => argument !== '--') ?? '03-minimized-downtime'
const main = join(import.meta.dirname, name, 'main.ts')
if (!/^\d\d-[a-z-]+$/.test(name) || !existsSync(main)) {
  console.error(
    `There is no example ${JSON.stringify(name)}; wanted 01-move-a-name, 02-your-own-code, 03-minimized-downtime, 06-is-it-healthy or 07-what-does-it-cost.`,
  )
  process.exit(2)
}
await import(main)
