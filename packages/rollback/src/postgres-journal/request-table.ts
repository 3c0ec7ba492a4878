import { randomUUID } from 'node:crypto'

import { systemClock } from '@cutover/core'

import type { OperatorRequest, Requests } from '../operator-request.ts'
import { type Connection, sqlState } from './connection.ts'
import type { Tables } from './tables.ts'

/** One row per request; its place is the next free one, and of two that take the same, one tries again. */
export function requestTable(connection: Connection, { request }: Tables, name: string): Requests {
  return {
    async send({ do: what, step, who, why }) {
      const body = JSON.stringify({ do: what, step, who, why })
      const id = randomUUID()
      for (;;) {
        try {
          // Sent twice, as after a lost answer, it is there once.
          await connection.insist(
            systemClock,
            `INSERT INTO ${request} (journal, place, id, body)
             SELECT $1, (SELECT count(*) FROM ${request} WHERE journal = $1), $2, $3
             WHERE NOT EXISTS (SELECT 1 FROM ${request} WHERE id = $2)`,
            [name, id, body],
          )
          return
        } catch (error) {
          if (sqlState((error as Error).cause) !== uniqueViolation) throw error
        }
      }
    },
    async since(place) {
      const rows = await connection.ask(
        `SELECT body FROM ${request} WHERE journal = $1 AND place >= $2 ORDER BY place`,
        [name, place],
      )
      return rows.map(({ body }) => JSON.parse(String(body)) as OperatorRequest)
    },
  }
}

const uniqueViolation = '23505'
