import { decimal } from '../money/decimal.ts'
import { formatMoney, type Money } from '../money/money.ts'
import { at, escapeHtml } from './svg.ts'

export interface Bar {
  readonly name: string
  readonly className: string
  readonly cost: Money
}

const [width, rowHeight, nameWidth, amountWidth] = [860, 26, 290, 110]

/** Amounts beside each other, the longest bar the largest. */
export function barChart(title: string, bars: readonly Bar[]): string {
  if (bars.length === 0) return '<p class="none">Nothing is known yet.</p>'
  const amounts = bars.map(({ cost }) => decimal(cost.amount).toNumber())
  const most = Math.max(...amounts, Number.MIN_VALUE)
  const height = bars.length * rowHeight + 8
  const rows = bars.map(({ name, className, cost }, index) => {
    const y = index * rowHeight + 4
    const length = Math.max(1, ((amounts[index] ?? 0) / most) * (width - nameWidth - amountWidth))
    return `<text class="name" x="${nameWidth - 10}" y="${y + 17}" text-anchor="end">${escapeHtml(shortened(name))}<title>${escapeHtml(name)}</title></text><rect class="bar ${className}" x="${nameWidth}" y="${y + 4}" width="${at(length)}" height="${rowHeight - 8}" rx="2"/><text class="amount" x="${at(nameWidth + length + 8)}" y="${y + 17}">${escapeHtml(formatMoney(cost))}</text>`
  })
  return `<svg role="img" viewBox="0 0 ${width} ${height}" aria-label="${escapeHtml(title)}"><title>${escapeHtml(title)}</title>${rows.join('')}</svg>`
}

const shortened = (name: string): string => (name.length > 40 ? `${name.slice(0, 39)}…` : name)
