// The judge: what clients were told, against what the stores hold. node oracle.ts DIRECTORY STORES SIDE
import { readFile } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'

import { bucket } from './clouds.ts'
import { type Endpoints, clients } from './stores.ts'

const [directory = '', endpoints = '', side = 'aws'] = process.argv.slice(2)
const { s3, container } = clients(JSON.parse(endpoints) as Endpoints)

const lines = async <T>(file: string): Promise<T[]> =>
  (await readFile(`${directory}/${file}`, 'utf8').catch(() => ''))
    .split('\n')
    .flatMap((line) => (line === '' ? [] : [JSON.parse(line) as T]))

/** The keys of the store that has the truth now. */
async function keys(): Promise<Set<string>> {
  const found = new Set<string>()
  if (side === 'azure') {
    for await (const blob of container(bucket).listBlobsFlat()) found.add(blob.name)
    return found
  }
  for (let token: string | undefined; ;) {
    const page = await s3.listObjectsV2({ Bucket: bucket, ContinuationToken: token })
    for (const { Key = '' } of page.Contents ?? []) found.add(Key)
    token = page.NextContinuationToken
    if (token === undefined) return found
  }
}

const accepted = await lines<{ id: string; by: string; at: number }>('accepted.jsonl')
let missing: string[] = []
// What was accepted last may still be worked on.
for (let i = 0; i < 60; i++) {
  const found = await keys()
  missing = accepted.flatMap(({ id }) =>
    [`orders/${id}.json`, `receipts/${id}.json`].filter((wanted) => !found.has(wanted)),
  )
  if (missing.length === 0) break
  await pause(250)
}
const by = new Map<string, Set<string>>()
for (const { id, by: cloud } of await lines<{ id: string; by: string }>('handled.jsonl'))
  by.set(id, (by.get(id) ?? new Set()).add(cloud))
const both = [...by].filter(([, clouds]) => clouds.size > 1).map(([id]) => id)
const times = accepted.map(({ at }) => at).sort((a, b) => a - b)
const downtimeMs = times.reduce((longest, at, i) => Math.max(longest, at - (times[i - 1] ?? at)), 0)
const byAzure = accepted.filter((order) => order.by === 'azure').length
console.log(
  JSON.stringify({
    accepted: accepted.length,
    byAzure,
    lost: new Set(missing.map((one) => one.split('/')[1])).size,
    handledByBoth: both.length,
    downtimeMs,
    missing: missing.slice(0, 5),
    both: both.slice(0, 5),
  }),
)
