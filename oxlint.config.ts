// Lint, and with it the architecture: which package may import which, and what only the edges may touch.
// docs/test/lint.test.ts plants one violation of each of these rules and expects it to be found.
import { defineConfig } from 'oxlint'

/** A package that is not listed may import no other: new packages take a place here first. */
const layers: readonly { readonly packages: readonly string[]; readonly import: readonly string[] }[] = [
  { packages: ['*'], import: [] },
  {
    packages: [
      'sync',
      'dns',
      'gateway',
      'triggers',
      'health-checks',
      'cost-watch',
      'lambda-to-functions',
      'rollback',
      'local-azure',
    ],
    import: ['core'],
  },
  { packages: ['runbook', 'rehearsal', 'dashboard'], import: ['core', 'rollback'] },
]

/** Their work is the fake world itself, so `@cutover/core/testing` is no test code to them. */
const worldPackages = new Set(['rehearsal', 'local-azure'])

/** The files that are Node's by nature. All others get what they need as an argument. */
const nodeEdges = [
  'packages/core/src/testing/**',
  'packages/rollback/src/bin/**',
  'packages/rollback/src/file-journal/**',
  'packages/rollback/src/sqlite-journal/**',
  'packages/rollback/src/postgres-journal/**',
  'packages/rollback/src/testing/postgres-server.ts',
  'packages/rollback/src/sigint.ts',
  'packages/rollback/src/terminal/**',
  'packages/health-checks/src/node-transport.ts',
  'packages/health-checks/src/probes/node/**',
  'packages/health-checks/src/run-phase/node/**',
  'packages/dns/src/rfc2136/**',
  'packages/dns/src/plan/node/**',
  'packages/dns/src/plan/plan-hash.ts',
  'packages/dns/src/resolver/**',
  'packages/sync/src/digest.ts',
  'packages/sync/src/file-ledger/**',
  'packages/dns/src/testing/dns-server*',
  'packages/dns/src/testing/bind-server.ts',
  'packages/dns/src/testing/local-route53.ts',
  'packages/triggers/src/testing/local-lambda.ts',
  'packages/local-azure/src/http-listener.ts',
]

/** Where the real clock, the process and the network come in. */
const globalEdges = ['packages/core/src/clock.ts', 'packages/rollback/src/notify/post.ts', ...nodeEdges]

const deeper = {
  regex: String.raw`^@cutover/[^/]+/(src|dist|test|etc)(/|$)|^(\.\./)+([\w-]+/)+(src|dist)/`,
  message: 'Import what the package exports, by its name.',
}

const outside = {
  regex: String.raw`^\.\.?/(.*/)?(src|dist|test|integration)/`,
  message: 'A package imports another by its name, and nothing from its own tests.',
}

const environment = {
  group: ['@aws-sdk/*', '@azure/*', 'p-retry'],
  message:
    "A package imports no cloud SDK, not even a type: declare the few methods that it calls; the caller passes a client. Retries are the caller's too.",
}

const testing = {
  regex: String.raw`^(@cutover/core|\.\.?(/.*)?)/testing(/|$)`,
  message: 'Only src/testing and tests import test code.',
}

const others = (allowed: readonly string[]) => ({
  group: ['@cutover/*', ...allowed.map((name) => `!@cutover/${name}`)],
  message:
    allowed.length === 0 ? 'This package imports no other.' : `This package imports only: ${allowed.join(', ')}.`,
})

const restrict = (...patterns: object[]): { 'no-restricted-imports': ['error', { patterns: object[] }] } => ({
  'no-restricted-imports': ['error', { patterns }],
})

export default defineConfig({
  plugins: ['typescript', 'import', 'unicorn', 'oxc', 'promise', 'node', 'vitest'],
  categories: { correctness: 'error', suspicious: 'error', perf: 'error' },
  options: { typeAware: true, denyWarnings: true, reportUnusedDisableDirectives: 'error' },
  env: { node: true, es2024: true },
  ignorePatterns: ['**/dist/**', '**/coverage/**', 'docs/.snippets/**', 'docs/mistakes/**'],
  rules: {
    ...restrict(deeper),
    'typescript/no-floating-promises': ['error', { checkThenables: true }],
    'typescript/no-misused-promises': 'error',
    'typescript/await-thenable': 'error',
    'typescript/return-await': ['error', 'in-try-catch'],
    'typescript/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    'typescript/no-explicit-any': 'error',
    'typescript/no-unsafe-argument': 'error',
    'typescript/no-unsafe-assignment': 'error',
    'typescript/no-unsafe-call': 'error',
    'typescript/no-unsafe-member-access': 'error',
    'typescript/no-unsafe-return': 'error',
    'typescript/consistent-type-imports': 'error',
    // A world is options as well: `{ id, journal, ...world }`.
    'typescript/no-misused-spread': ['error', { allow: ['FakeWorld'] }],
    'import/no-cycle': 'error',
    'no-await-in-loop': 'off',
    'import/no-named-as-default-member': 'off',
    // `guard(check, { then: 'roll-back' })` says what follows: a text, no promise.
    'unicorn/no-thenable': 'off',
    // What is read is not altered: it is copied.
    'oxc/no-map-spread': 'off',
    'vitest/require-mock-type-parameters': 'off',
    // Suites are data; which of their cases are tests may depend on the server.
    'vitest/no-conditional-tests': 'off',
    'promise/no-callback-in-promise': 'off',
    'typescript/no-unsafe-type-assertion': 'off',
    'unicorn/no-array-sort': 'off',
    'typescript/consistent-return': 'off',
    // The contracts are made of closures, and destructured: `({ signal, fence }) => …`.
    'typescript/unbound-method': 'off',
  },
  // A later `no-restricted-imports` replaces an earlier one, so each block is complete.
  overrides: [
    {
      files: ['packages/*/src/**'],
      rules: {
        'no-console': 'error',
        'import/no-nodejs-modules': 'error',
        'no-restricted-globals': [
          'error',
          {
            globals: [
              ...['Date', 'performance', 'setTimeout', 'setInterval', 'setImmediate'].map((name) => ({
                name,
                message: 'Time comes from the Clock.',
              })),
              ...['process', 'fetch'].map((name) => ({
                name,
                message: 'A package takes what it needs as an argument.',
              })),
            ],
            checkGlobalObject: true,
          },
        ],
        'no-restricted-properties': [
          'error',
          { object: 'AbortSignal', property: 'timeout', message: 'Time comes from the Clock.' },
          {
            object: 'Math',
            property: 'random',
            message: 'A second run must do the same; a FakeWorld has seeded randomness.',
          },
        ],
      },
    },
    ...layers.flatMap(({ packages, import: allowed }) => [
      {
        files: packages.map((name) => `packages/${name}/src/**`),
        rules: restrict(deeper, outside, environment, others(allowed), testing),
      },
      {
        files: packages.map((name) => `packages/${name}/src/${worldPackages.has(name) ? '**' : 'testing/**'}`),
        rules: restrict(deeper, outside, environment, others(allowed)),
      },
    ]),
    { files: nodeEdges, rules: { 'import/no-nodejs-modules': 'off' } },
    { files: globalEdges, rules: { 'no-restricted-globals': 'off', 'no-console': 'off' } },
    {
      files: ['**/*.mjs'],
      rules: {
        'typescript/no-unsafe-argument': 'off',
        'typescript/no-unsafe-assignment': 'off',
        'typescript/no-unsafe-call': 'off',
        'typescript/no-unsafe-member-access': 'off',
        'typescript/no-unsafe-return': 'off',
      },
    },
    {
      files: ['**/*.test.ts', '**/*.test-d.ts'],
      rules: {
        'vitest/expect-expect': 'off',
        // `expect.any(Number)` and its like are `any`.
        'typescript/no-unsafe-assignment': 'off',
        // What a test arranges stands in the test.
        'unicorn/consistent-function-scoping': 'off',
      },
    },
    { files: ['docs/test/**'], rules: { 'vitest/no-conditional-expect': 'off' } },
  ],
})
