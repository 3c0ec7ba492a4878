import { type CaaData, type MxData, recordData, recordText, type ServiceParams } from '@cutover/dns'
import { expectTypeOf, test } from 'vitest'

test('a value has the fields of its type', () => {
  expectTypeOf(recordData('MX', '10 mail.example.com')).toEqualTypeOf<MxData>()
  expectTypeOf(recordData('CAA', '0 issue ";"')).toEqualTypeOf<CaaData>()
  expectTypeOf(recordData('A', '192.0.2.1')).toEqualTypeOf<string>()
  expectTypeOf(recordData('HTTPS', '1 .').params).toEqualTypeOf<ServiceParams>()
  expectTypeOf(recordData('HTTPS', '1 .').params['key667']).toEqualTypeOf<string | undefined>()
})

test('fields of another type are refused', () => {
  recordText('HTTPS', { priority: 1, target: '.', params: { alpn: ['h3', 'h2'], key667: 'hello' } })
  // @ts-expect-error -- an MX has an exchange
  recordText('MX', { preference: 10, target: 'mail.example.com' })
  // @ts-expect-error -- it is called alpn
  recordText('HTTPS', { priority: 1, target: '.', params: { alpns: ['h2'] } })
})
