// Rehearses the team's own code, and prints what happens if it fails anywhere. npm start -- 02-your-own-code
import { rehearse } from '@cutover/rehearsal'

import { orders } from './fakes.ts'
import { moveOrders } from './move-orders.ts'

const report = await rehearse({ world: (world) => orders(world), cutover: moveOrders })
console.log(report.markdown())
console.log(report.text)
console.log(JSON.stringify({ runs: report.runs, violations: report.violations.length }))
if (report.violations.length > 0) process.exitCode = 1
