import { answer } from '../answer.ts'
import { fileJournal } from '../file-journal/index.ts'
import type { Answer } from '../journal.ts'
import { recorded } from './recorded.ts'
import type { AnswerCommand } from './usage.ts'

/** Shows the question first, then records the answer. */
export async function* giveAnswer({ journal, step, answer: said, who, why }: AnswerCommand): AsyncGenerator<string> {
  const { questions } = await recorded(journal)
  const question = questions.find((open) => open.step === step || open.number === Number(step))
  if (question) {
    yield `${question.number}  ${question.step}`
    yield `   ${question.question}`
    for (const { answer: possible, means } of question.answers) yield `   ${possible.padEnd(12)}  ${means}`
  }
  await answer(fileJournal(journal), { step, answer: said as Answer, who, why })
  yield `Recorded: ${said}, ${who}: ${why}. Now run it again.`
}
