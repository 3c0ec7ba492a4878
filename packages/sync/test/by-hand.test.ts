// What can be typed is exact, for any shell; what cannot is said in words.
import { execFileSync } from 'node:child_process'

import { fakeWorld } from '@cutover/core/testing'
import { follow, link, transferQueue, turnLink } from '@cutover/sync'
import { type S3Like, s3Store, type SqsLike, sqsQueue } from '@cutover/sync/aws'
import { blobStore, type ContainerClientLike, type QueueClientLike, storageQueue } from '@cutover/sync/azure'
import { inMemoryLedger } from '@cutover/sync/testing'
import { expect, test } from 'vitest'

import { queues, stores } from './example.ts'

const odd = "it's $HOME; `date`/"
const ledger = inMemoryLedger(fakeWorld())
const clouds = (prefix: string) =>
  link('uploads', {
    from: s3Store({ client: {} as S3Like, bucket: 'uploads', prefix }),
    to: blobStore({ container: { accountName: 'orders', containerName: 'up' } as ContainerClientLike, prefix }),
    ledger,
  })

test('a turned link is brought back with two commands', () => {
  expect(turnLink(clouds('')).byHand?.().revert.slice(1)).toEqual([
    'mkdir -p by-hand/uploads && az storage blob download-batch --auth-mode login --account-name orders --source up --destination by-hand/uploads',
    'aws s3 sync by-hand/uploads s3://uploads',
  ])
})

test('a prefix is one word, whatever stands in it', () => {
  const [, out = '', back = ''] = turnLink(clouds(odd)).byHand?.().revert ?? []

  const words = (command: string) =>
    execFileSync('sh', [
      '-c',
      `mkdir() { :; }; aws() { printf '%s\\n' "$@"; }; az() { printf '%s\\n' "$@"; }; ${command}`,
    ])
      .toString()
      .split('\n')

  expect(words(out)).toContain(`${odd}*`)
  expect(words(back)).toEqual([
    's3',
    'sync',
    'by-hand/uploads',
    's3://uploads',
    '--exclude',
    '*',
    '--include',
    `${odd}*`,
    '',
  ])
})

test('permissions are those of both sides, with the resource where it is known', () => {
  const permissions = follow(clouds('in/')).permissions

  expect(permissions).toEqual([
    's3:ListBucket arn:aws:s3:::uploads',
    's3:GetObject arn:aws:s3:::uploads/in/*',
    's3:PutObject arn:aws:s3:::uploads/in/*',
    's3:DeleteObject arn:aws:s3:::uploads/in/*',
    'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read',
    'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write',
    'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/delete',
  ])
  expect(turnLink(clouds('in/')).permissions).toEqual(permissions)
})

test.each([
  ['https://sqs.eu-west-1.amazonaws.com/123456789012/orders', 'arn:aws:sqs:eu-west-1:123456789012:orders'],
  ['http://127.0.0.1:4566/queue/orders', 'arn:aws:sqs:*:*:orders'],
])('a transfer from %s says what it needs there', (queueUrl, arn) => {
  const from = sqsQueue({ client: {} as SqsLike, queueUrl })
  const to = storageQueue({ queue: { name: 'orders' } as QueueClientLike })

  const { permissions = [], byHand } = transferQueue('orders', { from, to, ledger })

  expect(permissions.filter((text) => text.startsWith('sqs:'))).toHaveLength(5)
  expect(permissions.filter((text) => text.endsWith(` ${arn}`))).toHaveLength(5)
  expect(byHand?.().look).toEqual([`aws sqs get-queue-attributes --queue-url ${queueUrl} --attribute-names All`])
})

test('what no command can do is said in words', () => {
  const { uploads } = stores()
  const { options } = queues()
  const changes = [follow(uploads), turnLink(uploads), transferQueue('orders', options)]

  for (const { byHand, permissions } of changes) {
    const { apply = [], revert = [], traps = [] } = byHand?.() ?? {}
    expect([apply, revert, traps].every((lines) => lines.length > 0)).toBe(true)
    for (const line of [...apply, ...revert, ...traps])
      expect(line).toMatch(/^([A-Z]|(s3|blob|sqs|queue):|fake|ledger|memory)/)
    expect(permissions?.every((text) => / of (s3|blob|sqs|queue):/.test(text))).toBe(true)
  }
})
