// What a step costs in each kind of journal, how fast a run is back after `kill -9`, how fast an edited script is refused, and how
// well going back is forecast. Needs PostgreSQL: beside our journal in it, DBOS is measured on the same server.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { missingPostgres, postgresServer } from '@cutover/rollback/testing'

import { median, ratio, rounded } from './rollback/figures.ts'
import { forecastErrors } from './rollback/forecast.ts'
import { refuseMs } from './rollback/refusal.ts'
import { resumeMs } from './rollback/resume.ts'
import { flatness, stepsMs } from './rollback/steps.ts'
import type { Benchmark } from './run.ts'

const benchmark: Benchmark = async () => {
  const missing = missingPostgres()
  if (missing !== undefined) throw new Error(missing)
  const directory = await mkdtemp(join(tmpdir(), 'cutover-bench-'))
  await using server = await postgresServer()
  try {
    const ms = await stepsMs(directory, server.url, 360)
    const flat = await flatness(directory)
    const resumed = await resumeMs(directory, 9)
    const refused = await refuseMs(directory, 21)
    const forecasts = await forecastErrors()
    const p50 = Object.fromEntries(Object.entries(ms).map(([name, values]) => [name, rounded(median(values))]))
    const table: Record<string, Record<string, string | number>> = {
      ...Object.fromEntries(
        Object.entries(ms).map(([name, values]) => [
          { bare: '3 bare appends with fdatasync', dbos: 'a step of DBOS on PostgreSQL' }[name] ?? `a step on ${name}`,
          {
            'p50 ms': rounded(median(values)),
            'p90 ms': rounded(values.toSorted((a, b) => a - b)[Math.floor(values.length * 0.9)] ?? Number.NaN),
          },
        ]),
      ),
      ...Object.fromEntries(
        forecasts.map(({ after, forecastMs, tookMs, errorPct }) => [
          `back from: ${after}`,
          { 'forecast s': forecastMs / 1_000, 'took s': tookMs / 1_000, 'error %': rounded(errorPct) },
        ]),
      ),
    }
    return {
      table,
      result: {
        ratioToBareFsync: rounded(ratio(ms.jsonl, ms.bare)),
        journalStepP50Ms: { jsonl: p50['jsonl'], sqlite: p50['sqlite'], postgres: p50['postgres'] },
        ratioToDbos: rounded(ratio(ms.postgres, ms.dbos)),
        flatness1000to10: rounded(flat),
        resumeMs: rounded(resumed),
        refuseMs: rounded(refused),
        forecastErrorPct: rounded(Math.max(...forecasts.map(({ errorPct }) => errorPct))),
      },
    }
  } finally {
    await rm(directory, { recursive: true })
  }
}

export default benchmark
