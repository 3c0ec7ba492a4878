import { type Clock, knownOptions, systemClock } from '@cutover/core'
import type { ConformanceCase } from '@cutover/core/testing'

import type { DnsZone, Found, RecordSet } from '../dns-zone.ts'
import { a, cname, conflicts, equal, overJournal, rejection, type ZoneTrial, zoneTrial } from './zone-trial.ts'

export interface DnsZoneConformanceOptions {
  /** A zone without records of its own but SOA and NS; asked for by every case. */
  readonly emptyZone: () => DnsZone | Promise<DnsZone>
  /** Every case writes only below this name of the zone, each at names of its own. */
  readonly suffix: string
  /** For waits. @default systemClock */
  readonly clock?: Clock | undefined
}

const conformanceOptions: readonly (keyof DnsZoneConformanceOptions)[] = ['emptyZone', 'suffix', 'clock']

/** Holds a zone to the port, whatever it is made of; needs no virtual time. */
export function dnsZoneConformance(options: DnsZoneConformanceOptions): readonly ConformanceCase[] {
  knownOptions(options, conformanceOptions, 'DNS_OPTION_INVALID', 'dnsZoneConformance')
  const { emptyZone, suffix, clock = systemClock } = options
  const cases: ConformanceCase[] = []
  const add = (title: string, run: (trial: ZoneTrial) => Promise<void>): void => {
    const own = `case-${cases.length + 1}.${suffix}`
    cases.push({ name: title, run: async () => run(zoneTrial(await emptyZone(), own, clock)) })
  }

  add('states its name, its bounds and what it compares', async ({ zone }) => {
    const { name: own = suffix } = zone
    equal(own, own.toLowerCase().replace(/\.$/, ''), 'name, in lower case and without the last dot')
    equal(suffix === own || suffix.endsWith(`.${own}`), true, 'suffix inside the zone')
    equal([zone.lateMs >= 0, zone.propagationMs >= 0], [true, true], 'bounds of 0 ms or more')
  })

  add('finds what it created, values sorted', async ({ zone, name, find }) => {
    const set = a(name(), 300, ['192.0.2.9', '192.0.2.10', '192.0.2.1'])

    await zone.replace(undefined, set)

    equal(await find(set), { ...set, values: ['192.0.2.1', '192.0.2.10', '192.0.2.9'] }, 'record')
  })

  for (const next of [
    { what: 'the value', ttlSeconds: 300, value: 'target.example.net' },
    { what: 'the TTL alone', ttlSeconds: 30, value: 'source.example.net' },
    { what: 'value and TTL', ttlSeconds: 30, value: 'target.example.net' },
  ]) {
    add(`replaces ${next.what} of what it found`, async ({ zone, name, find, create }) => {
      const found = await create(cname(name(), 300, 'source.example.net'))
      const set = cname(name(), next.ttlSeconds, next.value)

      await zone.replace(found, set)

      equal(await find(set), set, 'record')
    })
  }

  add('deletes what it found, and creates it again', async ({ zone, name, find, create }) => {
    const set = cname(name(), 300, 'source.example.net')

    await zone.replace(await create(set), undefined)

    equal(await find(set), undefined, 'deleted record')
    equal((await create(set)).set, set, 'record created again')
  })

  add('does not create what is there', async ({ zone, name, find, create }) => {
    const theirs = cname(name(), 300, 'theirs.example.net')
    await create(theirs)

    await conflicts(zone.replace(undefined, cname(name(), 300, 'ours.example.net')))

    equal(await find(theirs), theirs, 'their record')
  })

  for (const to of ['replace', 'delete'] as const) {
    add(`does not ${to} what has another value by now`, async ({ zone, name, find, create }) => {
      const stale = await create(cname(name(), 300, 'source.example.net'))
      const theirs = cname(name(), 300, 'theirs.example.net')
      await zone.replace(stale, theirs)

      await conflicts(zone.replace(stale, to === 'delete' ? undefined : cname(name(), 300, 'ours.example.net')))

      equal(await find(theirs), theirs, 'their record')
    })

    add(`does not ${to} what has another TTL by now, if it compares TTLs`, async ({ zone, name, find, create }) => {
      if (zone.supports.compareAndSwap === 'value') return
      const stale = await create(cname(name(), 300, 'source.example.net'))
      const theirs = cname(name(), 60, 'source.example.net')
      await zone.replace(stale, theirs)

      await conflicts(zone.replace(stale, to === 'delete' ? undefined : cname(name(), 300, 'ours.example.net')))

      equal(await find(theirs), theirs, 'their record')
    })

    add(`does not ${to} what is gone by now`, async ({ zone, name, find, create }) => {
      const stale = await create(cname(name(), 300, 'source.example.net'))
      await zone.replace(stale, undefined)

      await conflicts(zone.replace(stale, to === 'delete' ? undefined : cname(name(), 300, 'ours.example.net')))

      equal(await find({ name: name(), type: 'CNAME' }), undefined, 'record')
    })
  }

  add('does not replace some of the values for all of them', async ({ zone, name, find, create }) => {
    const set = a(name(), 300, ['192.0.2.1', '192.0.2.2'])
    const found = await create(set)
    const stale: Found = { ...found, set: a(name(), 300, ['192.0.2.1']) }

    if (found.token === undefined) await conflicts(zone.replace(stale, a(name(), 300, ['192.0.2.3'])))

    equal(await find(set), set, 'record')
  })

  add('lets one of two win that replace the same at once', async ({ zone, name, find, create }) => {
    const found = await create(cname(name(), 300, 'source.example.net'))
    const rivals = [cname(name(), 300, 'one.example.net'), cname(name(), 300, 'two.example.net')]

    const ends = await Promise.allSettled(rivals.map((set) => zone.replace(found, set)))

    equal(ends.filter(({ status }) => status === 'fulfilled').length, 1, 'winners')
    equal(
      await find({ name: name(), type: 'CNAME' }),
      rivals[ends.findIndex(({ status }) => status === 'fulfilled')],
      'record',
    )
  })

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

  add('finds and receipts survive a journal', async ({ zone, name, create }) => {
    const found = await create(cname(name(), 300, 'source.example.net'))

    const receipt = await zone.replace(overJournal(found), cname(name(), 30, 'target.example.net'))

    equal(overJournal(receipt), receipt, 'receipt')
  })

  add('writes nothing when the fence throws', async ({ zone, name, find, create }) => {
    const set = cname(name(), 300, 'source.example.net')
    const found = await create(set)
    const fenced = new Error('fenced')
    const fence = (): never => {
      throw fenced
    }

    const reason = await rejection(zone.replace(found, undefined, { fence }))

    equal(reason === fenced, true, "rejected with the fence's own error")
    equal(await find(set), set, 'record')
  })

  add('calls the fence when it writes', async ({ zone, name }) => {
    let calls = 0

    await zone.replace(undefined, cname(name(), 300, 'source.example.net'), { fence: () => void (calls += 1) })

    equal(calls > 0, true, 'fence called')
  })

  add(
    "rejects with the signal's reason when it is aborted, and does nothing",
    async ({ zone, clock: own, name, find, create }) => {
      const set = cname(name(), 300, 'source.example.net')
      const found = await create(set)
      const reason = new Error('stopped')
      const signal = AbortSignal.abort(reason)

      const reasons = [
        await rejection(zone.find(set.name, set.type, { signal })),
        await rejection(zone.replace(found, undefined, { signal })),
        await rejection(zone.waitUntilServed(undefined, { since: own.now(), clock: own, signal })),
      ]

      equal(
        reasons.map((rejected) => rejected === reason),
        [true, true, true],
        'rejected with the reason itself',
      )
      equal(await find(set), set, 'record')
    },
  )

  add(
    'waits until a write is served, and without a receipt no longer than it can take',
    async ({ zone, clock: own, name, create }) => {
      const found = await create(cname(name(), 300, 'source.example.net'))
      const receipt: unknown = await zone.replace(found, cname(name(), 30, 'target.example.net'))

      await zone.waitUntilServed(overJournal(receipt), { since: own.now(), clock: own })
      await zone.waitUntilServed(receipt, { since: own.now(), clock: own })
      await zone.waitUntilServed(undefined, { since: own.now() - zone.propagationMs, clock: own })
    },
  )

  return cases
}
