import type { ContainerClient } from '@azure/storage-blob'
import { costWatch, type CostWatchOptions } from '@cutover/cost-watch'
import { blobState, type StateContainerLike } from '@cutover/cost-watch/azure'
import { expectTypeOf, test } from 'vitest'

test('the container client of the SDK keeps a state as it is', () => {
  expectTypeOf<ContainerClient>().toExtend<StateContainerLike>()
  expectTypeOf(blobState).toBeCallableWith({} as ContainerClient, 'cost-watch.json')
})

test('an option that is not known yet may be given as undefined', () => {
  expectTypeOf(costWatch).parameter(0).toEqualTypeOf<CostWatchOptions>()
  expectTypeOf<{ readonly targetTimesSource: undefined }>().toExtend<Pick<CostWatchOptions, 'targetTimesSource'>>()
})
