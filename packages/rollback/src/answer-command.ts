/** What a person copies to answer a question. A journal in memory has no file that a command could open: a call. */
export function answerCommand(journal: string, step: string | number, answer: string): string {
  if (journal === 'memory') {
    const named = typeof step === 'number' ? String(step) : `'${step}'`
    return `await answer(journal, { step: ${named}, answer: '${answer}', who: 'NAME', why: 'TEXT' })`
  }
  return `npx --no-install cutover answer ${quoted(journal)} ${quoted(String(step))} ${answer} --who NAME --why TEXT`
}

/** What a person copies to steer it. */
export function operatorCommand(
  journal: string,
  name: 'pause' | 'resume' | 'skip' | 'roll-back',
  step?: string | number,
): string {
  if (journal === 'memory') {
    const call = name === 'roll-back' ? 'rollBack' : name
    return `await ${call}(journal, { ${step === undefined ? '' : `step: '${step}', `}who: 'NAME', why: 'TEXT' })`
  }
  const words = [
    'npx --no-install cutover',
    name,
    quoted(journal),
    ...(step === undefined ? [] : [quoted(String(step))]),
  ]
  return `${words.join(' ')} --who NAME --why TEXT`
}

/** A comment, where the command stands. */
export const meaning = (journal: string, means: string): string => `${journal === 'memory' ? '//' : '#'} ${means}`

export const quoted = (word: string): string =>
  /^[\w./:@%+=-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`
