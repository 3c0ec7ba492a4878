// Every rule of the architecture is broken once, in a copy of the workspace that holds nothing else.
import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'

import { afterAll, expect, test } from 'vitest'

const root = resolve(import.meta.dirname, '../..')

interface Planted {
  /** What is wrong, as a sentence. */
  readonly breaks: string
  readonly file: string
  readonly code: string
  /** The only rule that fires; none for what is allowed. */
  readonly rule?: string
  /** Part of what the rule says. */
  readonly says?: string
  /** How often it fires. */
  readonly times?: number
}

const imports = 'eslint(no-restricted-imports)'
const builtins = 'import(no-nodejs-modules)'
const globals = 'eslint(no-restricted-globals)'
const floating = 'typescript(no-floating-promises)'

const importOf = (specifier: string): string => `export { x } from '${specifier}'\n`
const bare = (statement: string): string => `import type { Change, Steps } from '@cutover/core'

declare const api: object
declare const cutover: Steps
declare function lowerTtl(record: object): Change<{ ttlSeconds: number }, { safeAt: number }>

export function forgetful(): void {
  ${statement}
}
export { api, cutover, lowerTtl }
`

const planted: readonly Planted[] = [
  // Layers
  layer('core', 'rollback', 'This package imports no other'),
  layer('core', 'dns', 'This package imports no other'),
  ...['sync', 'dns', 'gateway', 'triggers', 'health-checks', 'cost-watch', 'lambda-to-functions'].flatMap((domain) => [
    layer(domain, 'rollback', 'imports only: core'),
    layer(domain, domain === 'dns' ? 'sync' : 'dns', 'imports only: core'),
  ]),
  layer('rollback', 'rehearsal', 'imports only: core'),
  layer('rollback', 'dns', 'imports only: core'),
  layer('local-azure', 'rollback', 'imports only: core'),
  ...['runbook', 'rehearsal', 'dashboard'].map((upper) => layer(upper, 'dns', 'imports only: core, rollback')),
  layer('rehearsal', 'runbook', 'imports only: core, rollback'),
  layer('not-listed-yet', 'core', 'This package imports no other'),
  {
    breaks: 'a domain package loads another when asked',
    file: 'packages/dns/src/lazy.ts',
    code: "export const later = (): Promise<unknown> => import('@cutover/rollback')\n",
    rule: imports,
    says: 'imports only: core',
  },
  {
    breaks: 'a domain package borrows only a type of another',
    file: 'packages/dns/src/borrowed.ts',
    code: "export type { Cutover } from '@cutover/rollback'\n",
    rule: imports,
    says: 'imports only: core',
  },
  {
    breaks: 'a conformance suite imports another package',
    file: 'packages/dns/src/testing/suite.ts',
    code: importOf('@cutover/rehearsal'),
    rule: imports,
    says: 'imports only: core',
  },

  // Rings
  {
    breaks: 'the domain imports the fake world',
    file: 'packages/dns/src/ring.ts',
    code: importOf('@cutover/core/testing'),
    rule: imports,
    says: 'Only src/testing and tests',
  },
  {
    breaks: 'an adapter imports a fake',
    file: 'packages/dns/src/route53/ring.ts',
    code: importOf('../testing/in-memory-zone.ts'),
    rule: imports,
    says: 'Only src/testing and tests',
  },
  {
    breaks: 'core imports its own fakes',
    file: 'packages/core/src/ring.ts',
    code: importOf('./testing/index.ts'),
    rule: imports,
    says: 'Only src/testing and tests',
  },

  // Exports
  {
    breaks: 'a package reaches into the files of another',
    file: 'packages/dns/src/reach.ts',
    code: importOf('../../core/src/clock.ts'),
    rule: imports,
    says: 'by its name',
  },
  {
    breaks: 'a package imports its own tests',
    file: 'packages/dns/src/own-tests.ts',
    code: importOf('../test/zone.ts'),
    rule: imports,
    says: 'nothing from its own tests',
  },
  {
    breaks: 'a test reaches into the files of another package',
    file: 'packages/dns/test/reach.ts',
    code: importOf('../../core/src/clock.ts'),
    rule: imports,
    says: 'Import what the package exports',
  },
  {
    breaks: 'an example reaches into the files of a package',
    file: 'examples/01-planted/reach.ts',
    code: importOf('../../packages/dns/src/dns-zone.ts'),
    rule: imports,
    says: 'Import what the package exports',
  },
  {
    breaks: 'an example imports deeper than the exports',
    file: 'examples/01-planted/deeper.ts',
    code: importOf('@cutover/dns/src/dns-zone.ts'),
    rule: imports,
    says: 'Import what the package exports',
  },

  // No SDK, no machine
  ...['@aws-sdk/client-route-53', '@azure/arm-dns', 'p-retry'].map((sdk, i) => ({
    breaks: `an adapter imports ${sdk}`,
    file: `packages/dns/src/route53/sdk-${i}.ts`,
    code: `export type { X } from '${sdk}'\n`,
    rule: imports,
    says: 'imports no cloud SDK',
  })),
  ...['fs', 'node:fs', 'node:net', 'node:process', 'node:timers/promises'].map((module, i) => ({
    breaks: `the domain imports ${module}`,
    file: `packages/rollback/src/builtin-${i}.ts`,
    code: importOf(module),
    rule: builtins,
  })),
  ...[
    'Date.now()',
    'new Date()',
    'performance.now()',
    'setTimeout(() => {}, 1)',
    'setInterval(() => {}, 1)',
    'setImmediate(() => {})',
    'globalThis.setTimeout(() => {}, 1)',
    "process.env['HOME']",
  ].map((expression, i) => ({
    breaks: `the domain uses ${expression}`,
    file: `packages/dns/src/global-${i}.ts`,
    code: `export const use = (): unknown => ${expression}\n`,
    rule: globals,
  })),
  {
    breaks: 'the domain fetches',
    file: 'packages/health-checks/src/fetching.ts',
    code: "export const use = (): unknown => fetch('http://127.0.0.1')\n",
    rule: globals,
  },
  {
    breaks: 'the domain writes to the console',
    file: 'packages/dns/src/talkative.ts',
    code: "export const use = (): void => console.log('x')\n",
    rule: 'eslint(no-console)',
  },
  ...['AbortSignal.timeout(1)', 'Math.random()'].map((expression, i) => ({
    breaks: `the domain uses ${expression}`,
    file: `packages/dns/src/property-${i}.ts`,
    code: `export const use = (): unknown => ${expression}\n`,
    rule: 'eslint(no-restricted-properties)',
  })),

  // What is forgotten, or goes round
  {
    breaks: 'a change is made and forgotten',
    file: 'packages/dns/test/bare-change.ts',
    code: bare('lowerTtl(api)'),
    rule: floating,
  },
  {
    breaks: 'an apply is not awaited',
    file: 'packages/dns/test/bare-apply.ts',
    code: bare('cutover.apply(lowerTtl(api))'),
    rule: floating,
  },
  {
    breaks: 'a script forgets to apply, and then to await',
    file: 'docs/planted/m18-bare.ts',
    code: await readFile(join(root, 'docs/mistakes/m18-bare.ts'), 'utf8'),
    rule: floating,
    times: 2,
  },
  {
    breaks: 'files import each other in a circle',
    file: 'packages/dns/src/circle.ts',
    code: "import { back } from './circle-back.ts'\n\nexport const round = (): unknown => back\n",
    rule: 'import(no-cycle)',
  },
  {
    breaks: 'the other half of the circle',
    file: 'packages/dns/src/circle-back.ts',
    code: "import { round } from './circle.ts'\n\nexport const back = (): unknown => round\n",
    rule: 'import(no-cycle)',
  },

  // Allowed
  allowed('packages/dns/src/fine.ts', "export type { Change } from '@cutover/core'\n"),
  allowed('packages/dns/src/testing/fine.ts', "export { fakeWorld } from '@cutover/core/testing'\n"),
  allowed('packages/rehearsal/src/fine.ts', "export { fakeWorld } from '@cutover/core/testing'\n"),
  allowed('packages/rehearsal/src/also-fine.ts', importOf('@cutover/rollback')),
  allowed('packages/dns/src/rfc2136/fine.ts', importOf('node:dgram')),
  allowed('packages/rollback/src/file-journal/fine.ts', importOf('node:fs/promises')),
  allowed('packages/rollback/src/sigint.ts', "export const once = (): void => void process.once('SIGINT', () => {})\n"),
  allowed('packages/rollback/src/terminal/fine.ts', 'export const say = (): void => console.log(Date.now())\n'),
  allowed('packages/health-checks/src/node-transport.ts', importOf('node:https')),
  allowed('packages/dns/src/testing/dns-server.ts', importOf('node:net')),
  allowed('packages/dns/test/fine.ts', importOf('@cutover/rehearsal')),
  allowed('packages/core/src/clock.ts', 'export const now = (): number => Date.now()\n'),
  allowed('packages/dns/test/awaited.ts', bare('void cutover.apply(lowerTtl(api))')),
]

function layer(from: string, to: string, says: string): Planted {
  return {
    breaks: `${from} imports ${to}`,
    file: `packages/${from}/src/imports-${to}.ts`,
    code: importOf(`@cutover/${to}`),
    rule: imports,
    says,
  }
}

function allowed(file: string, code: string): Planted {
  return { breaks: `nothing: ${file}`, file, code }
}

const tree = await mkdtemp(join(tmpdir(), 'planted-'))
afterAll(() => rm(tree, { recursive: true, force: true }))
for (const file of ['oxlint.config.ts', 'tsconfig.base.json', 'tsconfig.json', '.gitignore']) {
  await cp(join(root, file), join(tree, file))
}
await symlink(join(root, 'node_modules'), join(tree, 'node_modules'))
await mkdir(join(tree, 'packages/node_modules/@cutover'), { recursive: true })
await symlink(join(root, 'packages/core'), join(tree, 'packages/node_modules/@cutover/core'))
await mkdir(join(tree, 'docs'))
await symlink(join(root, 'docs/node_modules'), join(tree, 'docs/node_modules'))
for (const { file, code } of planted) {
  await mkdir(dirname(join(tree, file)), { recursive: true })
  await writeFile(join(tree, file), code)
}

interface Diagnostic {
  readonly code: string
  readonly message: string
  readonly filename: string
  readonly help?: string
}
const { stdout, code } = await new Promise<{ stdout: string; code: unknown }>((done) => {
  execFile(join(root, 'node_modules/.bin/oxlint'), ['--format', 'json'], { cwd: tree }, (error, out) =>
    done({ stdout: out, code: error?.code }),
  )
})
const { diagnostics } = JSON.parse(stdout) as { diagnostics: readonly Diagnostic[] }

test.each(planted)('lint sees it when $breaks', ({ file, rule, says = '', times }) => {
  const found = diagnostics.filter((diagnostic) => diagnostic.filename === file)

  expect([...new Set(found.map((diagnostic) => diagnostic.code))]).toEqual(rule === undefined ? [] : [rule])
  for (const { message, help = '' } of found) expect(`${message} ${help}`).toContain(says)
  if (times !== undefined) expect(found).toHaveLength(times)
})

test('lint says nothing about any other file, and ends red', () => {
  const files = new Set(planted.map(({ file }) => file))

  expect(diagnostics.filter(({ filename }) => !files.has(filename))).toEqual([])
  expect(code).toBe(1)
})
