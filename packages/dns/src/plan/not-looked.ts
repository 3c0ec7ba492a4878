import type { Finding, FindingCode } from './finding.ts'

/** What would have been looked at, by the code under which it would have been found: `who serves example.com`. */
export type Unseen = Readonly<Partial<Record<FindingCode, string>>>

interface NotLooked {
  readonly codes: readonly string[]
  readonly what: readonly string[]
  readonly why: string
}

const withoutNameServers = {
  why: 'no nameServers were passed',
  fix: 'Pass nameServers: nodeNameServers() of @cutover/dns/preflight.',
}
const withoutEndpoint = {
  why: 'no endpoint was passed',
  fix: 'Pass endpoint: nodeEndpoint() of @cutover/dns/preflight.',
}

/** One finding for all that could not be looked at for one reason: neither good nor bad. */
export function notLooked(unseen: Unseen, { why, fix }: { readonly why: string; readonly fix: string }): Finding {
  return found({ codes: Object.keys(unseen), what: Object.values(unseen), why }, fix)
}

export const noNameServers = (unseen: Unseen): Finding => notLooked(unseen, withoutNameServers)
export const noEndpoint = (unseen: Unseen): Finding => notLooked(unseen, withoutEndpoint)

/** Those with one reason as one: a reader has one thing to do about them. */
export function merged(findings: readonly Finding[]): Finding[] {
  const unseen = findings.filter(({ code }) => code === 'not-looked')
  const whys = [...new Set(unseen.map(({ evidence }) => (evidence as NotLooked).why))]
  const joined = whys.map((why) => {
    const alike = unseen.filter(({ evidence }) => (evidence as NotLooked).why === why)
    const all = alike.map(({ evidence }) => evidence as NotLooked)
    const codes = [...new Set(all.flatMap((one) => one.codes))]
    return found({ codes, what: all.flatMap(({ what }) => what), why }, alike[0]?.fix ?? '')
  })
  return [...findings.filter(({ code }) => code !== 'not-looked'), ...joined]
}

const found = (evidence: NotLooked, fix: string): Finding => ({
  severity: 'undecided',
  code: 'not-looked',
  text: `nobody has looked ${evidence.what.join('; ')}: ${evidence.why}`,
  fix,
  evidence,
})
