// A planted mistake: Azure starts to listen before Lambda has stopped.
import { type RunOptions, runCutover } from '@cutover/rollback'
import { allMoved, transferQueue } from '@cutover/sync'
import { activate, cordon, drained } from '@cutover/triggers'

import type { Orders } from '../move-orders.ts'

export const hastyMove = ({ lambda, app, messages }: Orders, run: RunOptions) =>
  runCutover({ id: 'hasty', ...run }, async (cutover) => {
    await cutover.apply(activate(app, 'queue'))
    await cutover.apply(cordon(lambda, 'queue'))
    await cutover.apply(cordon(lambda, 'http'))
    await cutover.require(drained(lambda), { within: '20m' })
    await cutover.apply(transferQueue('orders', messages))
    await cutover.require(allMoved('orders', messages), { within: '10m', every: '1s', consecutive: 2 })
    await cutover.apply(activate(app, 'http'))
  })
