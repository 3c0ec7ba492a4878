// A person at a shell: the words that it makes of a printed line become the API calls that the CLIs make of them.
import { spawnSync } from 'node:child_process'

import type { InMemoryRoute53 } from '@cutover/dns/testing'
import type { InMemoryFunctionApp, InMemoryLambda } from '@cutover/triggers/testing'

export interface Clouds {
  readonly route53: InMemoryRoute53
  readonly lambda: InMemoryLambda<'queue' | 'http'>
  readonly app: InMemoryFunctionApp<'queue' | 'http'>
}

/** The commands of a sheet, in its order, without those that only look. */
export function commandsOf(sheet: string): readonly string[] {
  const fences = sheet.replaceAll(/\nLook:\n\n```sh\n[\s\S]*?```/g, '').matchAll(/```sh\n([\s\S]*?)```/g)
  return [...fences].flatMap(([, text = '']) =>
    text.split('\n').filter((line) => line !== '' && !line.startsWith('# ')),
  )
}

/** Types one line; what a service refuses, a person reads and goes on. */
export async function type(clouds: Clouds, line: string): Promise<'done' | 'refused'> {
  const say = `{ for word; do printf '%s\\0' "$word"; done; printf '\\1'; }`
  const { stdout } = spawnSync('sh', ['-c', `aws() ${say}; az() ${say}; ${line}`])
  const commands = stdout.toString().split('\x01').slice(0, -1)
  if (commands.length === 0) throw new Error(`that is no command: ${line}`)
  for (const command of commands) {
    const [service = '', ...words] = command.split('\0').slice(0, -1)
    try {
      if (service === 'functionapp') await appSettings(clouds, words)
      else await call(service === 'route53' ? clouds.route53 : clouds.lambda.client, words)
    } catch (error) {
      if ((error as { $metadata?: unknown }).$metadata === undefined) throw error
      return 'refused'
    }
  }
  return 'done'
}

/** `aws SERVICE OPERATION --some-option VALUE`: the operation of that name, with `SomeOption`. */
async function call(client: object, [operation = '', ...words]: readonly string[]): Promise<void> {
  const input: Record<string, unknown> = {}
  for (const [name, [value]] of Object.entries(optionsOf(words))) {
    const key = name === 'uuid' ? 'UUID' : name.replace(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase())
    if (value === undefined) input[key.replace(/^No/, '')] = !name.startsWith('no-')
    else input[key] = /^[[{\d]/.test(value) && name !== 'uuid' ? JSON.parse(value) : value
  }
  const method = operation.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())
  const known = client as Record<string, ((input: unknown) => Promise<unknown>) | undefined>
  if (!known[method]) throw new Error(`nobody knows ${operation}`)
  await known[method](input)
}

/** `az functionapp config appsettings set | delete` reads all, edits, and writes all. */
async function appSettings({ app }: Clouds, [, , verb, ...words]: readonly string[]): Promise<void> {
  const {
    'resource-group': [group = ''] = [],
    name: [name = ''] = [],
    settings = [],
    'setting-names': gone = [],
  } = optionsOf(words)
  if (verb !== 'set' && verb !== 'delete') throw new Error(`nobody knows appsettings ${verb}`)
  const { properties = {} } = await app.client.webApps.listApplicationSettings(group, name)
  const kept = Object.entries(properties).filter(([key]) => !gone.includes(key))
  const set = settings.map((text) => [text.slice(0, text.indexOf('=')), text.slice(text.indexOf('=') + 1)])
  const all = Object.fromEntries([...kept, ...set]) as Record<string, string>
  await app.client.webApps.updateApplicationSettings(group, name, { properties: all })
}

function optionsOf(words: readonly string[]): Readonly<Record<string, string[]>> {
  const options: Record<string, string[]> = {}
  let last: string[] = []
  for (const word of words) {
    if (word.startsWith('--')) options[word.slice(2)] = last = []
    else last.push(word)
  }
  return options
}
