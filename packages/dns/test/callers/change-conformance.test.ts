import { changeConformance, type ChangeConformanceOptions } from '@cutover/core/testing'
import { repointEndpoint } from '@cutover/dns'
import { inMemoryAppConfiguration, inMemoryLambdaEnvironment, inMemoryParameterStore } from '@cutover/dns/testing'
import { test } from 'vitest'

const from = 'https://d-1.execute-api.us-east-1.amazonaws.com/prod'
const to = 'https://orders.azurewebsites.net/prod'
const theirs = 'https://elsewhere.example.com'

const subjects: Readonly<Record<string, ChangeConformanceOptions['setUp']>> = {
  "a Lambda function's variable": (world) => {
    const variables = { ORDERS_URL: from, DB_PASSWORD: 'not-a-real-secret' }
    const fake = inMemoryLambdaEnvironment(world, { functionName: 'shop', variables })
    const editBehind = () => fake.editBehind({ ...fake.variables, ORDERS_URL: theirs })
    return { change: () => repointEndpoint(fake.variable('ORDERS_URL'), { to }), editBehind }
  },
  'an SSM parameter': (world) => {
    const fake = inMemoryParameterStore(world, {
      '/shop/orders-url': { Value: from, Description: 'Where orders are', AllowedPattern: '^https:', Tier: 'Advanced' },
      '/shop/key': { Value: 'not-a-real-secret', Type: 'SecureString' },
    })
    const editBehind = () => fake.editBehind('/shop/orders-url', theirs)
    // The store compares nothing.
    return { change: () => repointEndpoint(fake.parameter('/shop/orders-url'), { to }), editBehind, cas: false }
  },
  'a setting of App Configuration': (world) => {
    const fake = inMemoryAppConfiguration(world, {
      'orders:url?prod': {
        value: from,
        contentType: 'text/plain',
        tags: { team: 'shop' },
        description: 'Where orders are',
      },
      'orders:key': { value: 'not-a-real-secret' },
    })
    const editBehind = () => fake.editBehind('orders:url?prod', { value: theirs })
    return { change: () => repointEndpoint(fake.setting('orders:url', 'prod'), { to }), editBehind }
  },
}

for (const [subject, setUp] of Object.entries(subjects)) {
  for (const { name, run } of changeConformance({ setUp, secrets: ['not-a-real-secret'] })) {
    test(`repointEndpoint of ${subject} ${name}`, run)
  }
}
