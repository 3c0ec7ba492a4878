// Journals in PostgreSQL, and what they can suffer.
import { execFileSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { postgresJournal } from '@cutover/rollback/postgres'
import type { JournalKind, PostgresServer } from '@cutover/rollback/testing'
import { Pool } from 'pg'

import { filled } from '../test/journal-kinds.ts'
import { type CuttingProxy, cuttingProxy } from './cutting-proxy.ts'

export interface InPostgres extends AsyncDisposable {
  readonly name: string
  readonly schema: string
  readonly pool: Pool
  readonly proxy: CuttingProxy
}

/** A pool whose lost connections are no end of the process. */
export function quietPool(options: { readonly connectionString: string; readonly max?: number }): Pool {
  const pool = new Pool(options)
  pool.on('error', () => {})
  return pool
}

let places = 0

/** Through a proxy, so that the connection can be cut. Where a file system may be mounted, a small one holds the tables. */
export function postgres(server: () => PostgresServer, mayMount: boolean): JournalKind<InPostgres> {
  const disks = new Map<InPostgres, string>()
  const asAdministrator = async (sql: string, values?: unknown[]): Promise<void> => {
    const pool = quietPool({ connectionString: server().url, max: 1 })
    try {
      await pool.query(sql, values)
    } finally {
      await pool.end()
    }
  }
  return {
    async place() {
      const schema = `journals_${++places}`
      const proxy = await cuttingProxy(server().port)
      const options = mayMount ? `&options=-c%20default_tablespace%3D${schema}` : ''
      const disk = mayMount ? await mkdtemp(join(tmpdir(), 'cutover-tablespace-')) : undefined
      if (disk !== undefined) {
        execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m,mode=777', 'tmpfs', disk])
        execFileSync('mkdir', ['-m', '700', join(disk, 'space')])
        execFileSync('chown', ['postgres:postgres', join(disk, 'space')])
        await asAdministrator(`CREATE TABLESPACE ${schema} LOCATION '${join(disk, 'space')}'`)
      }
      const url = server().url.replace(`:${server().port}/`, `:${proxy.port}/`)
      const pool = quietPool({ connectionString: `${url}?${options.slice(1)}` })
      const place: InPostgres = {
        name: 'orders',
        schema,
        pool,
        proxy,
        async [Symbol.asyncDispose]() {
          await pool.end()
          await proxy[Symbol.asyncDispose]()
          if (disk === undefined) return
          await asAdministrator(`DROP SCHEMA IF EXISTS ${schema} CASCADE`)
          await asAdministrator(`DROP TABLESPACE ${schema}`)
          execFileSync('umount', ['-l', disk])
          await rm(disk, { recursive: true })
        },
      }
      if (disk !== undefined) disks.set(place, disk)
      return place
    },
    journal: ({ pool, name, schema }, options) => postgresJournal(pool, name, { schema, ...options }),
    async holder({ schema, name }, { is, endsInMs }) {
      const other = is === 'dead' ? '{"started":"1"}' : '{"boot":"another","who":"ana@bastion-1"}'
      await asAdministrator(
        `UPDATE ${schema}.journal SET holder = (holder::jsonb || $2::jsonb)::text, released = false,
           renewed_at = clock_timestamp() - (lease_ms - $3) * interval '1 ms' WHERE name = $1`,
        [name, other, endsInMs],
      )
    },
    alter: ({ schema }, seq) => asAdministrator(`UPDATE ${schema}.record SET body = body || ' ' WHERE seq = $1`, [seq]),
    remove: ({ schema }, seq) => asAdministrator(`DELETE FROM ${schema}.record WHERE seq = $1`, [seq]),
    lose: ({ schema }, count) =>
      asAdministrator(`DELETE FROM ${schema}.record WHERE seq > (SELECT max(seq) FROM ${schema}.record) - $1`, [count]),
    ...(mayMount && {
      full: (place: InPostgres) => filled(disks.get(place) ?? ''),
    }),
    cut: async ({ proxy }, when) => proxy.cut('cutover append', when),
  }
}
