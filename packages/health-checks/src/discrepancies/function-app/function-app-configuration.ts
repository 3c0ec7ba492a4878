import type { ConfigurationSource } from '../standby-aligned.ts'
import { bindingsOf, type FunctionAppOptions, functionAppReader, functionName } from './function-app-reader.ts'

/**
 * The configuration of a function app as one document: `settings`, `functions` with their bindings and whether they are disabled, and
 * `site` (kind, HTTPS only, client certificates, network access).
 *
 * @throws CutoverError `HEALTH_OPTIONS_INVALID` when made; `configuration` rejects with a `SourceErrorCode`.
 */
export function functionAppConfiguration(options: FunctionAppOptions): ConfigurationSource {
  const reader = functionAppReader(options, 'functionAppConfiguration')
  return {
    name: reader.name,
    async configuration(read = {}) {
      const [{ values }, functions, site] = [
        await reader.settings(read),
        await reader.functions(read),
        await reader.site(read),
      ]
      const { kind, reserved, httpsOnly, clientCertEnabled, publicNetworkAccess } = site
      return {
        settings: values,
        functions: Object.fromEntries(
          functions.map((one) => [
            functionName(one),
            { isDisabled: one.isDisabled ?? false, bindings: [...bindingsOf(one)] },
          ]),
        ),
        site: { kind, reserved, httpsOnly, clientCertEnabled, publicNetworkAccess },
      }
    },
  }
}
