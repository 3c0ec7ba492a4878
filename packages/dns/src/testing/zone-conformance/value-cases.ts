import type { RecordSet } from '../../dns-zone.ts'
import { a, type AddCase, cname, equal } from './zone-trial.ts'

/** How names and values come back, and what a name has beside them. */
export function valueCases(add: AddCase): void {
  add('takes names and values in any case, with or without the last dot', async ({ zone, name, find }) => {
    const loud = cname(`${name().toUpperCase()}.`, 300, 'Target.Example.NET.')

    await zone.replace(undefined, loud)

    const set = cname(name(), 300, 'target.example.net')
    equal(await find(set), set, 'record, asked in lower case')
    equal(await find(loud), set, 'record, asked in upper case with a dot')
  })

  for (const [what, text] of [
    ['spaces and semicolons', 'v=spf1 include:example.net ; ~all'],
    ['quotes and backslashes', String.raw`say "yes" or \"no\" or \034`],
    ['more than 255 characters', 'k=rsa; p='.padEnd(600, 'abcDEF/+0123')],
  ] as const) {
    add(`keeps a TXT text with ${what} as it is`, async ({ zone, name, find, create }) => {
      const set: RecordSet = { name: name(), type: 'TXT', ttlSeconds: 300, values: [text] }
      const found = await create(set)
      equal(found.set, set, 'record')

      await zone.replace(found, { ...set, ttlSeconds: 60 })

      equal(await find(set), { ...set, ttlSeconds: 60 }, 'record after a replacement')
    })
  }

  add('keeps several TXT texts', async ({ name, create }) => {
    const set: RecordSet = { name: name(), type: 'TXT', ttlSeconds: 300, values: ['one', 'two words'] }

    equal((await create(set)).set, set, 'record')
  })

  add('finds IPv6 addresses in the shortest form', async ({ zone, name, find }) => {
    const set: RecordSet = { name: name(), type: 'AAAA', ttlSeconds: 300, values: ['2001:0DB8:0:0:0:0:0:1'] }

    await zone.replace(undefined, set)

    equal(await find(set), { ...set, values: ['2001:db8::1'] }, 'record')
  })

  add(
    'finds nothing at a name that is absent, though others come before and after it',
    async ({ name, find, create }) => {
      await create(a(name('a'), 300, ['192.0.2.1']))
      await create(a(name('c'), 300, ['192.0.2.1']))

      equal(await find({ name: name('b'), type: 'A' }), undefined, 'record at an absent name')
      equal(await find({ name: name('a'), type: 'TXT' }), undefined, 'record of an absent type')
      equal(await find({ name: name(), type: 'A' }), undefined, 'record at a name that only has names below')
    },
  )

  add('leaves the other types at the name alone', async ({ zone, name, find, create }) => {
    const text: RecordSet = { name: name(), type: 'TXT', ttlSeconds: 300, values: ['stays'] }
    await create(text)
    const found = await create(a(name(), 300, ['192.0.2.1']))

    await zone.replace(found, a(name(), 60, ['192.0.2.2']))
    equal(await find(text), text, 'TXT after a replacement')
    await zone.replace(await zone.find(name(), 'A'), undefined)
    equal(await find(text), text, 'TXT after a deletion')
  })

  add('says so when a CNAME cannot stand beside another type', async ({ zone, name, find, create }) => {
    const address = a(name(), 300, ['192.0.2.1'])
    await create(address)

    const isWritten = await zone.replace(undefined, cname(name(), 300, 'target.example.net')).then(
      () => true,
      () => false,
    )

    equal(isWritten, (await find({ name: name(), type: 'CNAME' })) !== undefined, 'reported as written')
    equal(await find(address), address, 'address')
  })
}
