#!/usr/bin/env node
// The command from source, also on a machine whose Node.js is too old for TypeScript: npm then brings the pinned one.
// node packages/cost-watch/cost-watch.mjs score < series.csv > scored.csv
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const command = fileURLToPath(new URL('src/bin/cost-watch.ts', import.meta.url))
const [major, minor] = process.versions.node.split('.').map(Number)

if (major >= 24 || (major === 22 && minor >= 18)) await import('./src/bin/cost-watch.ts')
else {
  const version = readFileSync(new URL('../../.node-version', import.meta.url), 'utf8').trim()
  const parameters = ['exec', '--yes', '--prefer-offline', `--package=node@${version}`, '--', 'node', command]
  const { status, error } = spawnSync('npm', [...parameters, ...process.argv.slice(2)], {
    stdio: 'inherit',
    shell: process.platform === 'win32',
  })
  if (error) throw error
  process.exitCode = status ?? 1
}
