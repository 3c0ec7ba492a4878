import { a, type AddCase, cname, conflicts, equal } from './zone-trial.ts'

/** Several sets in one write: all of them or none. */
export function severalCases(add: AddCase): void {
  const wants = {
    wants: ({ supports, replaceAll }: { supports: { creates: boolean }; replaceAll?: unknown }): boolean =>
      supports.creates && replaceAll !== undefined,
  }

  add(
    'replaces several records at once',
    async ({ zone, name, find, create }) => {
      const one = await create(a(name('one'), 300, ['192.0.2.1']))
      const two = await create(a(name('two'), 300, ['192.0.2.2']))
      const next = a(name('one'), 60, ['192.0.2.9'])
      const made = a(name('three'), 60, ['192.0.2.3'])

      await zone.replaceAll?.([
        { expected: one, next },
        { expected: two, next: undefined },
        { expected: undefined, next: made },
      ])

      equal(await find(next), next, 'replaced record')
      equal(await find(two.set), undefined, 'deleted record')
      equal(await find(made), made, 'created record')
    },
    wants,
  )

  add(
    'replaces none of several records when one of them is another by now',
    async ({ zone, name, find, create }) => {
      const one = await create(a(name('one'), 300, ['192.0.2.1']))
      const stale = await create(a(name('two'), 300, ['192.0.2.2']))
      const theirs = a(name('two'), 300, ['192.0.2.66'])
      await zone.replace(stale, theirs)

      await conflicts(
        zone.replaceAll?.([
          { expected: one, next: undefined },
          { expected: stale, next: a(name('two'), 300, ['192.0.2.9']) },
        ]) ?? Promise.resolve(),
      )

      equal(await find(a(name('one'), 300, [])), one.set, 'record that was as expected')
      equal(await find(theirs), theirs, 'their record')
    },
    wants,
  )

  add(
    'replaces an A and an AAAA by a CNAME at once, and back',
    async ({ zone, name, find, create }) => {
      const address = await create(a(name(), 300, ['192.0.2.1']))
      const address6 = await create({ name: name(), type: 'AAAA', ttlSeconds: 300, values: ['2001:db8::1'] })
      const alias = cname(name(), 60, 'target.example.net')

      await zone.replaceAll?.([
        { expected: address, next: undefined },
        { expected: address6, next: undefined },
        { expected: undefined, next: alias },
      ])
      equal(await find(alias), alias, 'CNAME')
      equal(await find({ name: name(), type: 'A' }), undefined, 'A')
      await zone.replaceAll?.([
        { expected: await zone.find(alias.name, 'CNAME'), next: undefined },
        { expected: undefined, next: address.set },
        { expected: undefined, next: address6.set },
      ])

      equal(await find({ name: name(), type: 'A' }), address.set, 'A that was put back')
      equal(await find({ name: name(), type: 'AAAA' }), address6.set, 'AAAA that was put back')
      equal(await find(alias), undefined, 'CNAME that is gone')
    },
    wants,
  )
}
