import { isCutoverError } from '@cutover/core'
import { fakeWorld } from '@cutover/core/testing'
import { apply, repointEndpoint } from '@cutover/dns'
import { appConfigurationSetting } from '@cutover/dns/app-configuration'
import { lambdaVariable } from '@cutover/dns/lambda'
import { ssmParameter } from '@cutover/dns/ssm'
import { inMemoryAppConfiguration, inMemoryLambdaEnvironment, inMemoryParameterStore } from '@cutover/dns/testing'
import { describe, expect, test } from 'vitest'

const from = 'https://d-1.execute-api.us-east-1.amazonaws.com/prod'
const to = 'https://orders.azurewebsites.net/prod'
const secret = 'not-a-real-secret'

const rejection = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => expect.fail('it succeeded'),
    // What was refused after it was sent is the cause.
    (error: unknown) => (isCutoverError(error, 'CHANGE_REFUSED') ? error.cause : error),
  )

/** Everything that an error shows when it is printed, causes and all. */
const shown = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error)
  return `${error.message} ${JSON.stringify(error)} ${error.cause === undefined ? '' : shown(error.cause)}`
}

const environment = (variables: Readonly<Record<string, string>> = { ORDERS_URL: from, DB_PASSWORD: secret }) => {
  const world = fakeWorld()
  const fake = inMemoryLambdaEnvironment(world, { functionName: 'shop', variables, timeoutSeconds: 30 })
  return { world, fake, url: fake.variable('ORDERS_URL') }
}

describe("a Lambda function's variable", () => {
  test('is written alone, beside all others, and comes back', async () => {
    const { world, fake, url } = environment()

    const { result, revert } = await apply(repointEndpoint(url, { to, from }), world)

    expect(fake.variables).toEqual({ ORDERS_URL: to, DB_PASSWORD: secret })
    // The update takes 4 s, and an invocation that runs may go on for the function's 30 s.
    expect(result.allMovedBy).toBeGreaterThanOrEqual(world.clock.now() + 30_000)
    const reverting = world.clock.now()
    await revert()
    expect(fake.variables).toEqual({ ORDERS_URL: from, DB_PASSWORD: secret })
    expect(world.clock.now() - reverting).toBeGreaterThanOrEqual(34_000)
  })

  test('waits for an update that goes on, rather than to be refused', async () => {
    const { world, fake, url } = environment()
    await fake.client.updateFunctionConfiguration({
      FunctionName: 'shop',
      Environment: { Variables: { ORDERS_URL: from, LEVEL: 'debug' } },
    })

    await apply(repointEndpoint(url, { to }), world)

    expect(fake.variables).toEqual({ ORDERS_URL: to, LEVEL: 'debug' })
  })

  test('is not written when somebody edits another variable between read and write', async () => {
    const { world, fake } = environment()
    const client = {
      ...fake.client,
      async getFunctionConfiguration(...call: Parameters<typeof fake.client.getFunctionConfiguration>) {
        const found = await fake.client.getFunctionConfiguration(...call)
        reads += 1
        // The read directly before the write.
        if (reads === 4) fake.editBehind({ ...fake.variables, LEVEL: 'debug' })
        return found
      },
    }
    let reads = 0
    const url = lambdaVariable({ client, functionName: 'shop', variable: 'ORDERS_URL' })

    const error = await rejection(apply(repointEndpoint(url, { to }), world))

    expect(fake.variables).toEqual({ ORDERS_URL: from, DB_PASSWORD: secret, LEVEL: 'debug' })
    expect(error).toMatchObject({ code: 'DNS_CONFLICT' })
  })

  test('is refused where the variables cannot be decrypted, since the others would be lost', async () => {
    const { world, fake, url } = environment()
    fake.denyDecryption()

    const error = await rejection(apply(repointEndpoint(url, { to }), world))

    expect(error).toMatchObject({ code: 'DNS_ENDPOINT_UNSUPPORTED' })
    expect(world.effects).toEqual([])
  })

  test('that makes the environment too long is refused without a word of the others', async () => {
    const filler = 'x'.repeat(3_900)
    const { world, url } = environment({ ORDERS_URL: 'https://a.example.com', FILLER: filler, DB_PASSWORD: secret })

    const error = await rejection(
      apply(repointEndpoint(url, { to: `https://${'long.'.repeat(40)}example.com` }), world),
    )

    expect(error).toMatchObject({
      code: 'DNS_CHANGE_REJECTED',
      message: expect.stringContaining('could not write ORDERS_URL of function shop'),
    })
    expect(shown(error)).not.toContain(secret)
    expect(shown(error)).not.toContain('String measured')
  })

  test('whose update fails after it was accepted is told', async () => {
    const { world, fake, url } = environment()
    fake.failNextUpdate()

    const error = await rejection(apply(repointEndpoint(url, { to }), world))

    expect(shown(error)).toContain('could not put the update of function shop into effect: InternalError')
  })

  test('behind a version or an alias is refused, since those never change', () => {
    const { client } = environment().fake

    for (const functionName of ['shop:live', 'arn:aws:lambda:us-east-1:123456789012:function:shop:7']) {
      expect(() => lambdaVariable({ client, functionName, variable: 'ORDERS_URL' })).toThrow(/functionName is/)
    }
  })
})

describe('an SSM parameter', () => {
  const store = () => {
    const world = fakeWorld()
    const fake = inMemoryParameterStore(world, {
      '/shop/orders-url': { Value: from, Description: 'Where orders are', AllowedPattern: '^https:', Tier: 'Advanced' },
      '/shop/key': { Value: secret, Type: 'SecureString' },
    })
    return { world, fake, url: fake.parameter('/shop/orders-url') }
  }

  test('keeps all that stands beside its value, and comes back as a further version', async () => {
    const { world, fake, url } = store()
    const found = fake.parameters['/shop/orders-url']

    const { result, revert } = await apply(repointEndpoint(url, { to }), world)

    expect(fake.parameters['/shop/orders-url']).toEqual({ ...found, Value: to, Version: 2 })
    expect(result.allMovedBy).toBe(world.clock.now() + 5 * 60_000)
    const before = world.clock.now()
    await revert()
    expect(fake.parameters['/shop/orders-url']).toEqual({ ...found, Version: 3 })
    expect(world.clock.now() - before).toBe(5 * 60_000)
  })

  test('that somebody else wrote at the same moment is told, since the store compares nothing', async () => {
    const { world, fake } = store()
    const putParameter: typeof fake.client.putParameter = (...call) => {
      fake.editBehind('/shop/orders-url', 'https://elsewhere.example.com')
      return fake.client.putParameter(...call)
    }
    const url = ssmParameter({ client: { ...fake.client, putParameter }, name: '/shop/orders-url' })

    await apply(repointEndpoint(url, { to }), world)

    expect(world.events).toContainEqual(
      expect.objectContaining({
        code: 'dns.endpoint-overwritten',
        text: expect.stringContaining("aws ssm get-parameter --name '/shop/orders-url:2'"),
      }),
    )
  })

  test('that is a SecureString is refused, and not decrypted', async () => {
    const { world, fake } = store()

    const error = await rejection(apply(repointEndpoint(fake.parameter('/shop/key'), { to }), world))

    expect(error).toMatchObject({ code: 'DNS_ENDPOINT_UNSUPPORTED', message: expect.stringContaining('SecureString') })
  })

  test('with a label or a version in its name is refused', () => {
    const { client } = store().fake

    expect(() => ssmParameter({ client, name: '/shop/orders-url:live' })).toThrow(/without a version or a label/)
  })
})

describe('a setting of App Configuration', () => {
  const store = () => {
    const world = fakeWorld()
    const beside = { contentType: 'text/plain', tags: { team: 'shop' }, description: 'Where orders are' }
    const fake = inMemoryAppConfiguration(world, {
      'orders:url': { value: from, ...beside },
      'orders:locked': { value: from, locked: true },
      'orders:key': {
        value: `{"uri":"https://vault.example.com/secrets/${secret}"}`,
        contentType: 'application/vnd.microsoft.appconfig.keyvaultref+json;charset=utf-8',
      },
    })
    return { world, fake, beside, url: fake.setting('orders:url') }
  }

  test('keeps content type, tags and description, and comes back', async () => {
    const { world, fake, beside, url } = store()

    const { revert } = await apply(repointEndpoint(url, { to }), world)

    expect(fake.settings['orders:url']).toEqual({ value: to, ...beside })
    await revert()
    expect(fake.settings['orders:url']).toEqual({ value: from, ...beside })
  })

  test('whose tags somebody else changed between read and write is a conflict', async () => {
    const { world, fake } = store()
    const setConfigurationSetting: typeof fake.client.setConfigurationSetting = (...call) => {
      fake.editBehind('orders:url', { tags: { team: 'payments' } })
      return fake.client.setConfigurationSetting(...call)
    }
    const url = appConfigurationSetting({
      client: { ...fake.client, setConfigurationSetting },
      store: 'shop',
      key: 'orders:url',
    })

    const error = await rejection(apply(repointEndpoint(url, { to }), world))

    expect(error).toMatchObject({ code: 'DNS_CONFLICT' })
    expect(fake.settings['orders:url']).toMatchObject({ value: from, tags: { team: 'payments' } })
  })

  test('that is locked is refused', async () => {
    const { world, fake } = store()

    const error = await rejection(apply(repointEndpoint(fake.setting('orders:locked'), { to }), world))

    expect(error).toMatchObject({ code: 'DNS_CHANGE_REJECTED', next: expect.stringContaining('kv unlock') })
  })

  test('that refers to Key Vault is refused', async () => {
    const { world, fake } = store()

    const error = await rejection(apply(repointEndpoint(fake.setting('orders:key'), { to }), world))

    expect(error).toMatchObject({ code: 'DNS_ENDPOINT_UNSUPPORTED' })
    expect(shown(error)).not.toContain(secret)
  })
})

describe('what would enter a journal', () => {
  for (const [what, value] of [
    ['a URL with user info', `https://user:${secret}@orders.example.com`],
    ['a URL with a key in its query', `https://orders.azurewebsites.net/api?code=${secret}`],
    ['what is no address', secret],
  ] as const) {
    test(`${what} is refused where it stands, and not shown`, async () => {
      const { world, url } = environment({ ORDERS_URL: value })

      const error = await rejection(apply(repointEndpoint(url, { to }), world))

      expect(error).toMatchObject({ code: 'DNS_ENDPOINT_UNSUPPORTED' })
      expect(`${shown(error)} ${JSON.stringify(world.events)}`).not.toContain(secret)
      expect(world.effects).toEqual([])
    })

    test(`${what} is refused as the new address, and not shown`, () => {
      const { url } = environment()
      let thrown: unknown
      try {
        void repointEndpoint(url, { to: value })
      } catch (error) {
        thrown = error
      }

      expect(isCutoverError(thrown, 'DNS_OPTION_INVALID')).toBe(true)
      expect(shown(thrown)).not.toContain(secret)
    })
  }

  test('a host name, with or without a port, is an address', async () => {
    for (const host of ['orders.example.com', 'orders.example.com:8443']) {
      const { world, fake, url } = environment({ ORDERS_URL: host })

      await apply(repointEndpoint(url, { to: 'orders.azurewebsites.net' }), world)

      expect(fake.variables['ORDERS_URL']).toBe('orders.azurewebsites.net')
    }
  })
})

test('a start that is not the expected one is refused before anything is written', async () => {
  const { world, url } = environment()

  const error = await rejection(apply(repointEndpoint(url, { to, from: 'https://elsewhere.example.com' }), world))

  expect(error).toMatchObject({ code: 'DNS_ENDPOINT_FOREIGN', message: expect.stringContaining(from) })
  expect(world.effects).toEqual([])
})

test('a variable, a parameter and a setting that are not there are not made', async () => {
  const world = fakeWorld()
  const missing = [
    inMemoryLambdaEnvironment(world, { functionName: 'shop', variables: {} }).variable('ORDERS_URL'),
    inMemoryParameterStore(world, {}).parameter('/shop/orders-url'),
    inMemoryAppConfiguration(world, {}).setting('orders:url'),
  ]

  for (const setting of missing) {
    expect(await rejection(apply(repointEndpoint(setting, { to }), world))).toMatchObject({
      code: 'DNS_ENDPOINT_NOT_FOUND',
    })
  }
  expect(world.effects).toEqual([])
})

test('a misspelt option and what is no handle are refused at once', () => {
  const { url } = environment()

  expect(() => repointEndpoint(url, { to, form: from } as never)).toThrow(/form/)
  expect(() => repointEndpoint({} as never, { to })).toThrow(/setting is an object/)
})
