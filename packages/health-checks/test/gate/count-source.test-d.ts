import type { MetricSource } from '@cutover/core'
import {
  type CountSource,
  healthGate,
  type HealthGateOptions,
  type PlanGateOptions,
  type SourceMeasure,
} from '@cutover/health-checks'
import { expectTypeOf, test } from 'vitest'

test('every metric source is a count source, and the other way round', () => {
  expectTypeOf<MetricSource>().toExtend<CountSource>()
  expectTypeOf<CountSource>().toExtend<MetricSource>()
})

test('what was measured can be planned with, and judged by', () => {
  expectTypeOf<SourceMeasure>().toExtend<PlanGateOptions>()
  expectTypeOf<SourceMeasure>().toExtend<NonNullable<HealthGateOptions['dispersion']>>()
})

test('metrics, or source and target, and not both', () => {
  const side = {} as CountSource
  // @ts-expect-error -- both
  void (() => healthGate({ source: side, target: side, metrics: { errors: { source: side, target: side } } }))
  // @ts-expect-error -- no target
  void (() => healthGate({ source: side }))
  // @ts-expect-error -- percent, not a reference
  void (() => healthGate({ source: side, target: side, reference: 'baseline' }))
})
