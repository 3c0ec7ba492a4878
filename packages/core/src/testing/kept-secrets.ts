import { type ChangeTrial, failed } from './change-trial.ts'

/** Runs through a change's whole life, well and badly, and searches all that a journal, a screen or a log got to see. */
export async function keepsSecrets(trial: ChangeTrial, secrets: readonly string[], edited: boolean): Promise<void> {
  const { change, context, said, world } = trial
  const before = await trial.capture()
  for (const fault of ['refused', 'reply-lost'] as const) {
    world.failNext('', fault)
    await trial.apply(before)
    await trial.probe(before)
    await trial.revert(before)
  }
  await trial.apply(before)
  await trial.after(before, await trial.seen(before))
  said.push(await change.revertible?.(before, context))
  await trial.revert(before)
  if (edited) {
    trial.editBehind()
    await trial.probe(before)
    await trial.apply(before)
    await trial.revert(before)
  }
  const { id, subject, title, intent, permissions } = change
  const operations = world.effects.map(({ operation }) => operation)
  said.push(id, subject, title, intent, permissions, change.byHand?.(), change.byHand?.(before), operations)
  for (const [i, secret] of secrets.entries()) {
    const escaped = JSON.stringify(secret).slice(1, -1)
    const where = said.find((output) => JSON.stringify(output)?.includes(escaped))
    if (where !== undefined) {
      failed(`secret ${i + 1} stands in ${JSON.stringify(where).replaceAll(escaped, '…')}: keep a version or a digest`)
    }
  }
}
