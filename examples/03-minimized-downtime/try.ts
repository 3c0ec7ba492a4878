import { liveMove } from './live-move.ts'
const t = Date.now()
const kill = process.argv[3]
console.log(
  await liveMove({
    fate: process.argv[2] as 'well',
    killWhen: (e, s) => kill !== undefined && s === 1 && e.some((x) => x.t === 'intent' && x.step.startsWith(kill)),
  }),
  Date.now() - t,
  'ms',
)
