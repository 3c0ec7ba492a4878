// node embedded/run.ts SCRIPT [ARGUMENT…]: runs one of the scripts of this folder, as it stands, against clouds on this machine.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

import { embeddedClouds } from './clouds.ts'

const [script = 'switch-api-route53.ts', ...more] = process.argv.slice(2)
// Azure DNS tells nobody when its servers have a change: a TTL that is low already saves two minutes here.
const clouds = await embeddedClouds({ ttlSeconds: script.includes('azure') ? 2 : 31 })
try {
  const child = spawn(process.execPath, [join(import.meta.dirname, '..', script), ...more], {
    stdio: 'inherit',
    env: { ...process.env, ...clouds.environment },
  })
  ;[process.exitCode] = (await once(child, 'exit')) as [number]
} finally {
  await clouds[Symbol.asyncDispose]()
}
