import type { Found } from '../../dns-zone.ts'
import { a, type AddCase, cname, conflicts, equal } from './zone-trial.ts'

/** What becomes of plain records that are replaced, deleted and created, alone and against a rival. */
export function editCases(add: AddCase): void {
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
}
