import type { Journal } from '@cutover/rollback'
import { type PostgresLike, postgresJournal } from '@cutover/rollback/postgres'
import type { Client, Pool, PoolClient } from 'pg'
import { expectTypeOf, test } from 'vitest'

declare const pool: Pool

test("pg's pool and clients fit as they are", () => {
  expectTypeOf<Pool>().toExtend<PostgresLike>()
  expectTypeOf<Client>().toExtend<PostgresLike>()
  expectTypeOf<PoolClient>().toExtend<PostgresLike>()
  expectTypeOf(postgresJournal(pool, 'orders')).toEqualTypeOf<Journal>()
})
