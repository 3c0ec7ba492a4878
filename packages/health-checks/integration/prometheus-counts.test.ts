// The pages of prom-client over HTTP, in real time.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

import { systemClock } from '@cutover/core'
import { prometheusCounts } from '@cutover/health-checks/prometheus'
import { collectDefaultMetrics, Counter, Histogram, Registry, type RegistryContentType } from 'prom-client'
import { expect, test } from 'vitest'

test.each([Registry.PROMETHEUS_CONTENT_TYPE, Registry.OPENMETRICS_CONTENT_TYPE])(
  'counts are read from %s',
  async (type) => {
    const registry: Registry<RegistryContentType> = new Registry()
    registry.setContentType(type)
    collectDefaultMetrics({ register: registry })
    const counter = new Counter({
      name: 'http_requests_total',
      help: 'Requests "all" of {them}',
      labelNames: ['code', 'path'],
      registers: [registry],
    })
    const histogram = new Histogram({
      name: 'http_request_duration_seconds',
      help: 'Durations',
      buckets: [0.1, 0.3, 1],
      registers: [registry],
    })
    const server = createServer((_, response) => {
      void registry.metrics().then((page) => response.writeHead(200, { 'content-type': type }).end(page))
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`
    const seen = (code: string, seconds: number) => {
      counter.inc({ code, path: '/a"b{c}' })
      histogram.observe(seconds)
    }
    seen('200', 0.05)
    const from = systemClock.now()

    await using counts = prometheusCounts({
      scrape: ({ signal }) => fetch(url, { signal }).then((page) => page.text()),
      total: { name: 'http_requests_total' },
      bad: { name: 'http_requests_total', labels: { code: /^5/ } },
      slow: { histogram: 'http_request_duration_seconds', le: '0.3' },
      every: '1s',
    })
    const requests = setInterval(() => {
      seen('200', 0.05)
      seen('500', 0.5)
    }, 100)
    await systemClock.sleep(3_500)
    clearInterval(requests)
    const buckets = await counts.counts({ from, to: systemClock.now() })
    server.closeAllConnections()
    server.close()

    expect(counts.problem).toBeUndefined()
    expect(buckets.length).toBeGreaterThanOrEqual(2)
    for (const { total, bad, slow, complete } of buckets) {
      expect(total).toBeGreaterThan(0)
      expect([bad, slow, complete]).toEqual([total / 2, total / 2, true])
    }
  },
)
