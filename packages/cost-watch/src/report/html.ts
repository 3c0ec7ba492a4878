import { formatInstant } from '@cutover/core'

import { decimal } from '../money/decimal.ts'
import { formatMoney } from '../money/money.ts'
import { barChart } from './bar-chart.ts'
import type { ReportData, ReportSide } from './cost-report.ts'
import { pageStyle } from './page-style.ts'
import { escapeHtml } from './svg.ts'
import { timeChart } from './time-chart.ts'

/** The dearest meters of both sides that are drawn. */
const mostBars = 12

export function htmlOf(data: ReportData): string {
  const { title, at, text, sides, switchedAt, alarms, doubleRunning, savings, preflight, reconciliation } = data
  const now = doubleRunning?.at(at)
  const marks = [
    ...(switchedAt === undefined ? [] : [{ at: switchedAt, text: 'switch', className: 'switch' }]),
    ...alarms.map((alarm) => ({ at: alarm.at, text: 'alarm', className: 'alarm' })),
  ]
  const lines = sides.map(({ name, hours }) => ({ name, className: name, points: hours }))
  const bars = sides
    .flatMap(({ name, meters }) =>
      meters.map(({ meter, cost }) => ({ name: `${name}: ${meter}`, className: name, cost })),
    )
    .toSorted((one, other) => decimal(other.cost.amount).compare(decimal(one.cost.amount)))
    .slice(0, mostBars)
  const holes = [...new Set(sides.flatMap(({ name, holes: found }) => found.map((hole) => `${name}: ${hole}`)))]
  const body = [
    `<header><h1>${escapeHtml(title)}</h1><p class="when">${formatInstant(at)}</p><p class="text">${escapeHtml(text)}</p></header>`,
    `<section class="cards">${sides.map(card).join('')}${now ? `<div class="card"><h2>Keeping the source</h2><p class="figure">${formatMoney(now.left)}</p><p>${escapeHtml(now.text)}</p></div>` : ''}</section>`,
    alarms.length === 0
      ? ''
      : section('Alarms', list(alarms.map((one) => `${formatInstant(one.at)} ${one.text}`)), 'alarms'),
    section(
      'By the hour',
      `${legend(sides)}${timeChart('What an hour cost on each side', { lines, marks, currency: data.source.mid.currency })}`,
    ),
    section('By meter', barChart('What each meter cost', bars)),
    ...(savings ? [section('Ending the source saves', list([savings.text]))] : []),
    ...(preflight ? [section('The same load on Flex Consumption', list([preflight.text]))] : []),
    ...(reconciliation ? [section('Beside the bill', list([reconciliation.text, ...reconciliation.leftOut]))] : []),
    holes.length === 0 ? '' : section('Not in these figures', list(holes), 'holes'),
  ]
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeHtml(title)}</title>
<style>${pageStyle}</style>
</head>
<body><main>
${body.filter((part) => part !== '').join('\n')}
</main></body>
</html>
`
}

function card({ name, rate }: ReportSide): string {
  if (!rate) return `<div class="card ${name}"><h2>The ${name}</h2><p class="figure">not known yet</p></div>`
  const bounds =
    rate.lowPerDay.amount === rate.highPerDay.amount
      ? ''
      : `<p>between ${formatMoney(rate.lowPerDay)} and ${formatMoney(rate.highPerDay)}</p>`
  const hours = Math.round(rate.overMs / 360_000) / 10
  return `<div class="card ${name}"><h2>The ${name}</h2><p class="figure">${formatMoney(rate.perDay)} <small>a day</small></p>${bounds}<p>${formatMoney(rate.perHour)} an hour, ${formatMoney(rate.perMonth)} a month, measured over ${hours} h</p></div>`
}

const legend = (sides: readonly ReportSide[]): string =>
  `<p class="legend">${sides.map(({ name }) => `<span class="${name}">${name}</span>`).join('')}</p>`

const section = (heading: string, content: string, className = ''): string =>
  `<section class="${className}"><h2>${escapeHtml(heading)}</h2>${content}</section>`

const list = (items: readonly string[]): string =>
  `<ul>${items.map((item) => `<li>${escapeHtml(item)}</li>`).join('')}</ul>`
