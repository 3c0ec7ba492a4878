import { formatInstant } from '@cutover/core'

import { formatMoney } from '../money/money.ts'
import type { ReportData, ReportSide } from './cost-report.ts'

/** Most meters of one side. */
const mostMeters = 12

export function markdownOf(data: ReportData): string {
  const { title, at, text, sides, alarms, doubleRunning, savings, preflight, reconciliation } = data
  const sections = [
    `# ${escape(title)}`,
    `${formatInstant(at)}: ${escape(text)}.`,
    ratesTable(sides),
    ...(alarms.length > 0
      ? [
          list(
            'Alarms',
            alarms.map((one) => `${formatInstant(one.at)} ${one.text}`),
          ),
        ]
      : []),
    ...(doubleRunning ? [list('Keeping the source', [doubleRunning.at(at).text])] : []),
    ...(savings ? [list('Ending the source saves', [savings.text])] : []),
    ...(preflight ? [list('The same load on Flex Consumption', [preflight.text])] : []),
    ...(reconciliation ? [list('Beside the bill', [reconciliation.text, ...reconciliation.leftOut])] : []),
    ...sides.map(metersTable),
    ...holesOf(sides),
  ]
  return `${sections.join('\n\n')}\n`
}

function ratesTable(sides: readonly ReportSide[]): string {
  const lines = sides.map(({ name, rate }) =>
    rate
      ? `| ${name} | ${formatMoney(rate.perHour)} | ${formatMoney(rate.perDay)} | ${formatMoney(rate.perMonth)} | ${formatMoney(rate.lowPerDay)} to ${formatMoney(rate.highPerDay)} | ${Math.round(rate.overMs / 360_000) / 10} h |`
      : `| ${name} | not known yet | | | | |`,
  )
  return [
    '| side | an hour | a day | a month | a day, bounds | over |',
    '| --- | --- | --- | --- | --- | --- |',
    ...lines,
  ].join('\n')
}

function metersTable({ name, meters }: ReportSide): string {
  if (meters.length === 0) return `## The ${name}, by meter\n\nNothing is known yet.`
  const lines = meters
    .slice(0, mostMeters)
    .map(({ meter, cost, resources }) => `| ${escape(meter)} | ${formatMoney(cost)} | ${resources} |`)
  const rest = meters.length > mostMeters ? [`| ${meters.length - mostMeters} more | | |`] : []
  return [
    `## The ${name}, by meter`,
    '',
    '| meter | cost | resources |',
    '| --- | --- | --- |',
    ...lines,
    ...rest,
  ].join('\n')
}

function holesOf(sides: readonly ReportSide[]): readonly string[] {
  const holes = sides.flatMap(({ name, holes: found }) => found.map((hole) => `${name}: ${hole}`))
  return holes.length === 0 ? [] : [list('Not in these figures', [...new Set(holes)])]
}

const list = (heading: string, items: readonly string[]): string =>
  [`## ${heading}`, '', ...items.map((item) => `- ${escape(item)}`)].join('\n')

/** What a name could do to a table, a link or a page. */
const escape = (text: string): string =>
  text
    .replaceAll(/[\r\n]+/g, ' ')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll(/[|[\]`*_\\]/g, String.raw`\$&`)
