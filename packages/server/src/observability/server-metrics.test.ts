import { expect, test } from 'vitest'
import { waitingObservationsMax } from './limits.ts'
import { ServerMetrics } from './server-metrics.ts'

const countOf = async (metrics: ServerMetrics) => {
  const { text } = await metrics.exposition()
  return /^ddb_query_duration_seconds_count\{kind="dql"\} (\d+)$/m.exec(text)?.[1]
}

test('what was observed before the library was there is counted', async () => {
  const metrics = new ServerMetrics(() => [['main', 7]])
  metrics.observeQuery('dql', 0.001)
  metrics.observeRequest({ method: 'GET', path: '/live', status: 200, seconds: 0.002 })
  const { text } = await metrics.exposition()
  metrics.observeQuery('dql', 0.001)
  expect(text).toContain('ddb_http_requests_total{method="GET",path="/live",status="200"} 1')
  expect(text).toContain('ddb_tx_total{database="main"} 7')
  expect(await countOf(metrics)).toBe('2')
})

test('so many observations wait for the library, and no more', async () => {
  const metrics = new ServerMetrics(() => [])
  for (let count = 0; count <= waitingObservationsMax; count += 1) metrics.observeQuery('dql', 0.001)
  expect(await countOf(metrics)).toBe(String(waitingObservationsMax))
})
