import { formatDuration } from '@cutover/core'

import type { EndpointAnswer } from './endpoint-probe.ts'
import { blocker, type Finding, reason, undecided, warning } from './finding.ts'
import type { Looking } from './looking.ts'
import { noEndpoint, noNameServers } from './not-looked.ts'
import { resolve } from './walk.ts'

export interface EndpointLooks {
  readonly findings: readonly Finding[]
  /** Somebody answered there under the name, with a good certificate. */
  readonly served: boolean
}

/** Renewals fail quietly: two weeks leave time to notice. */
const soonMs = 14 * 86_400_000

/** Where the new side is, and what a client that asks for the old name would meet there: certificate, SNI, Host header. */
export async function endpointFindings(
  looking: Looking,
  { port, path, until }: { readonly port: number; readonly path: string; readonly until: number },
): Promise<EndpointLooks> {
  const { name, to, endpoint, signal } = looking
  const placed = await places(looking)
  if (placed.blocked) return { findings: placed.findings, served: false }
  if (!endpoint) {
    const unseen = {
      'certificate-invalid': `which certificate ${to.join(', ')} shows to clients of ${name}`,
      'host-not-served': 'whether it knows that name',
    }
    return { findings: [...placed.findings, noEndpoint(unseen)], served: false }
  }
  const looks = await Promise.all(
    placed.places.map(async ({ address, own }) => {
      const as = async (asked: string): Promise<EndpointAnswer> => {
        try {
          return await endpoint.look({ address, port, name: asked, path }, { signal })
        } catch (error) {
          signal.throwIfAborted()
          return { reached: false, why: reason(error) }
        }
      }
      const answer = await as(name)
      const found = judge(answer, { address, name, port, until, now: looking.clock.now() })
      if (!answer.reached || answer.status === undefined) return found
      return [
        ...found,
        ...hostFindings(answer.status, own === undefined ? undefined : await as(own), { address, name, own }),
      ]
    }),
  )
  const findings = looks.flat()
  const served = placed.places.length > 0 && !findings.some(({ severity }) => severity === 'blocker')
  return { findings: [...placed.findings, ...findings], served }
}

interface Places {
  readonly places: readonly { readonly address: string; readonly own: string | undefined }[]
  readonly findings: readonly Finding[]
  readonly blocked: boolean
}

/** The addresses of the new side; of a name as its own servers have them, so that no resolver remembers the question. */
async function places({ name, type, to, nameServers, signal }: Looking): Promise<Places> {
  if (type !== 'CNAME')
    return { places: to.map((address) => ({ address, own: undefined })), findings: [], blocked: false }
  const [target = ''] = to
  const unresolved = [{ address: target, own: target }]
  if (!nameServers) {
    const unseen = noNameServers({ 'target-not-found': `whether ${target} has an address` })
    return { places: unresolved, findings: [unseen], blocked: false }
  }
  try {
    const { addresses, chain, found } = await resolve(nameServers, target, { signal })
    if (chain.includes(name)) {
      const text = `${target} leads back to ${name}: ${[target, ...chain].join(' → ')}`
      return {
        places: [],
        findings: [blocker('target-points-back', text, 'Take the name of the new side itself.', chain)],
        blocked: true,
      }
    }
    if (addresses.length === 0) {
      const text = `${[target, ...chain].at(-1)} has no address (${found}): clients would be told that ${name} is not there, and remember it`
      return {
        places: [],
        findings: [blocker('target-not-found', text, 'Deploy the new side first.', { chain, found })],
        blocked: true,
      }
    }
    return { places: addresses.map((address) => ({ address, own: target })), findings: [], blocked: false }
  } catch (error) {
    signal.throwIfAborted()
    const text = `nobody tells whether ${target} has an address: ${reason(error)}`
    return {
      places: unresolved,
      findings: [undecided('target-not-found', text, `Look: dig ${target}`)],
      blocked: false,
    }
  }
}

function judge(
  answer: EndpointAnswer,
  { address, name, port, until, now }: { address: string; name: string; port: number; until: number; now: number },
): Finding[] {
  const where = `${address} port ${port}`
  if (!answer.reached) {
    return [
      blocker(
        'endpoint-unreachable',
        `${where} does not answer for ${name}: ${answer.why}`,
        'Deploy and open the new side first.',
      ),
    ]
  }
  const { certificate } = answer
  const { names, issuer, validUntil, problem } = certificate
  const evidence = { address, certificate }
  if (problem !== undefined) {
    return [
      blocker(
        'certificate-invalid',
        `${where} shows clients of ${name} a certificate that they do not accept: ${problem} (for ${names.join(', ') || 'no name'}, by ${issuer})`,
        `Bind ${name} there with a certificate of its own first: bindHostName(site, { record, certificate })`,
        evidence,
      ),
    ]
  }
  const left = validUntil - now
  const text = `the certificate that ${where} shows for ${name} expires in ${formatDuration(Math.max(0, left))}`
  const fix = 'Renew it before, or see that it renews by itself.'
  if (validUntil < until) return [blocker('certificate-expires', `${text}, before the move is over`, fix, evidence)]
  return left < soonMs ? [warning('certificate-expires', text, fix, evidence)] : []
}

/** A front end that does not know a name answers for nobody: 404 at App Service, 421 or 400 elsewhere. */
function hostFindings(
  status: number,
  own: EndpointAnswer | undefined,
  {
    address,
    name,
    own: ownName,
  }: { readonly address: string; readonly name: string; readonly own: string | undefined },
): Finding[] {
  const ownStatus = own?.reached ? own.status : undefined
  const evidence = { address, status, ownStatus }
  const refused =
    status === 421 ||
    (status === 400 && ownStatus !== 400) ||
    (status === 404 && ownStatus !== undefined && ownStatus !== 404)
  if (refused) {
    return [
      blocker(
        'host-not-served',
        `${address} answers ${status} to Host: ${name}${ownStatus === undefined ? '' : `, ${ownStatus} to Host: ${ownName}`}: it does not know the name`,
        `Bind ${name} there first: bindHostName(site, { record, certificate })`,
        evidence,
      ),
    ]
  }
  if (status < 500) return []
  return [
    warning(
      'endpoint-failing',
      `${address} answers ${status} to Host: ${name}`,
      'Look at the new side, or ask a path that is well.',
      evidence,
    ),
  ]
}
