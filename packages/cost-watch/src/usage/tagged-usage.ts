import { invalid } from '../cost-options.ts'
import type { Tag, UsageSource } from './usage-row.ts'

/** Does it bear the tag, with one of its values? Keys and values have case, as both clouds' values have. */
export const isTagged = (tags: Readonly<Record<string, string>> | undefined, { key, values }: Tag): boolean =>
  values.includes(tags?.[key] ?? '') && tags !== undefined && Object.hasOwn(tags, key)

/** Only the usage of resources that bear the tag: those of this migration. What is missing stays missing. */
export function taggedUsage(source: UsageSource, tag: Tag): UsageSource {
  if (tag.key === '' || tag.values.length === 0) throw invalid('taggedUsage: tag has no key or no values')
  return {
    cloud: source.cloud,
    settleMs: source.settleMs,
    async usage(window, options) {
      const { rows, missing } = await source.usage(window, options)
      return { rows: rows.filter(({ tags }) => isTagged(tags, tag)), missing }
    },
  }
}
