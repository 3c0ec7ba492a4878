import type { ZoneCommands } from '../dns-zone.ts'
import { batchOf } from './batch.ts'
import { escapedName, plainName } from './domain-name.ts'

/** The same batches as commands of the AWS CLI: they too replace only exactly what they say. */
export function commandsOf(hostedZoneId: string): ZoneCommands {
  const aws = (command: string, input: object): string =>
    `aws route53 ${command} --hosted-zone-id ${hostedZoneId} ${Object.entries(input)
      .map(([option, value]) => `--${option} ${quoted(typeof value === 'string' ? value : JSON.stringify(value))}`)
      .join(' ')}`
  return {
    replace(edits) {
      const changes = batchOf(edits.map(({ from, to }) => ({ expected: from && { set: from }, next: to })))
      return changes.length === 0 ? [] : [aws('change-resource-record-sets', { 'change-batch': { Changes: changes } })]
    },
    look: (name, type) =>
      aws('list-resource-record-sets', {
        'start-record-name': escapedName(plainName(name)),
        'start-record-type': type,
        'max-items': '10',
      }),
    lock: (name, type, why) =>
      aws('create-resource-record-set-protections', {
        protections: [{ RecordName: escapedName(plainName(name)), RecordType: type, Comment: why }],
      }),
    unlock: (name, type) =>
      aws('delete-resource-record-set-protections', {
        protections: [{ RecordName: escapedName(plainName(name)), RecordType: type }],
      }),
  }
}

/** One word for a POSIX shell. */
const quoted = (text: string): string =>
  /^[\w.:/-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`
