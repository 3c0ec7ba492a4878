import { blocker, type Finding, note, reason, undecided, warning } from './finding.ts'
import type { Looking } from './looking.ts'

const profiles = '.trafficmanager.net'

/**
 * Does App Service have what it verifies the name by, before clients are sent there? It looks only when the name is bound: an app
 * that answers to the name needs it no more. `served` is `undefined` where nobody has looked. There may be
 * an app behind Traffic Manager, too; a profile's own name Azure binds by itself.
 */
export async function asuidFindings(
  looking: Looking,
  { served }: { readonly served: boolean | undefined },
): Promise<Finding[]> {
  const { name, to, signal } = looking
  const isApp = to.some((target) => target.endsWith('.azurewebsites.net'))
  if (!isApp && !to.some((target) => target.endsWith(profiles))) return []
  if (name.endsWith(profiles)) return []
  const asuid = `asuid.${name.replace(/^\*\./, '')}`
  try {
    if (await looking.find(asuid, 'TXT')) return []
    if (served) return [note('asuid-missing', `there is no ${asuid} TXT, but the app answers to ${name} already`)]
    const where = isApp ? 'an app' : 'an app behind the profile'
    const text = `there is no ${asuid} TXT, by which App Service verifies ${name}: ${where} that does not know the name answers clients with 404`
    const fix =
      'First: cutover.run(bindHostName(site, { record, certificate })); do not ask resolvers for it before it is there.'
    return [(served === undefined || !isApp ? warning : blocker)('asuid-missing', text, fix)]
  } catch (error) {
    signal.throwIfAborted()
    return [undecided('asuid-missing', `nobody tells whether ${asuid} is there: ${reason(error)}`, 'Look at the zone.')]
  }
}
