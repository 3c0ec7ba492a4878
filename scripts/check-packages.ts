// What users get: builds every package, packs it, checks the tarball, and installs all tarballs in an empty project
// that has no cloud SDK. There every entry point must load, and a strict compiler must accept the declarations.
import { execFile } from 'node:child_process'
import { glob, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '..')
const bin = (name: string): string => join(root, 'node_modules/.bin', name)

/** Runs a command and answers what it printed; shows all of it when the command fails. */
function run(command: string, parameters: readonly string[], cwd: string): Promise<string> {
  return new Promise((resolved, reject) => {
    execFile(command, parameters, { cwd, maxBuffer: 64 << 20 }, (error, stdout, stderr) => {
      if (!error) return resolved(stdout)
      console.error(`${stdout}${stderr}`)
      reject(new Error(`failed in ${cwd}: ${command} ${parameters.join(' ')}`))
    })
  })
}

interface Manifest {
  readonly name: string
  readonly exports: Readonly<Record<string, unknown>>
}
const packages: { dir: string; manifest: Manifest; tarball: string }[] = []
const temporary = await mkdtemp(join(tmpdir(), 'cutover-packages-'))
try {
  const tarballs = join(temporary, 'tarballs')
  await mkdir(tarballs)
  for await (const file of glob('packages/*/package.json', { cwd: root })) {
    const dir = join(root, dirname(file))
    const manifest = JSON.parse(await readFile(join(root, file), 'utf8')) as Manifest
    // `@cutover/dns` becomes cutover-dns-0.1.0.tgz
    await run('pnpm', ['run', 'build'], dir)
    await run('pnpm', ['pack', '--pack-destination', tarballs], dir)
    const flat = `${manifest.name.replace('@', '').replace('/', '-')}-`
    const packed = (await readdir(tarballs)).find(
      (name) => name.startsWith(flat) && /^\d/.test(name.slice(flat.length)),
    )
    if (packed === undefined) throw new Error(`${manifest.name}: pnpm packed no ${flat}*.tgz`)
    packages.push({ dir, manifest, tarball: join(tarballs, packed) })
  }

  for (const { dir, manifest, tarball } of packages) {
    await run(bin('publint'), ['run', tarball, '--strict'], dir)
    await run(bin('attw'), [tarball, '--profile', 'esm-only'], dir)
    console.log(`${manifest.name}: publint and attw find nothing`)
  }

  const empty = join(temporary, 'empty')
  await mkdir(empty)
  const files = Object.fromEntries(packages.map(({ manifest, tarball }) => [manifest.name, `file:${tarball}`]))
  const ours = Object.keys(files)
  await writeFile(
    join(empty, 'package.json'),
    JSON.stringify({
      name: 'empty',
      private: true,
      type: 'module',
      dependencies: files,
      overrides: Object.fromEntries(ours.map((name) => [name, `$${name}`])),
    }),
  )
  await run('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'], empty)
  for (const sdk of ['@aws-sdk', '@azure', '@smithy']) {
    const found = await readdir(join(empty, 'node_modules', sdk)).catch(() => [])
    if (found.length > 0) throw new Error(`the empty project got ${sdk}/${found.join(', ')} without asking for it`)
  }

  const entries = packages.flatMap(({ manifest }) =>
    Object.keys(manifest.exports)
      .filter((path) => path !== './package.json')
      .map((path) => manifest.name + path.slice(1)),
  )
  for (const entry of entries) {
    const script = `const m = await import('${entry}'); if (Object.keys(m).length === 0) throw new Error('${entry} exports nothing')`
    await run(process.execPath, ['--input-type=module', '--eval', script], empty)
  }
  console.log(`without an SDK, Node ${process.versions.node} imports ${entries.join(', ')}`)

  await writeFile(join(empty, 'index.ts'), entries.map((entry, i) => `export * as m${i} from '${entry}'\n`).join(''))
  // Stricter than our own settings: without skipLibCheck. Node's types are what every consumer of ours has.
  const strict = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2023', '--skipLibCheck', 'false']
  const types = [
    '--lib',
    'es2024,esnext.disposable',
    '--typeRoots',
    join(root, 'node_modules/@types'),
    '--types',
    'node',
  ]
  await run(bin('tsc'), [...strict, ...types, 'index.ts'], empty)
  console.log('without an SDK, a strict compiler accepts every declaration')
} finally {
  await rm(temporary, { recursive: true, force: true })
}
