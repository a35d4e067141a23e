/**
 * Measures of distance between vectors, as `<|k,COSINE|>` and `DEFINE INDEX … HNSW DIST EUCLIDEAN` name them.
 */

import type { Distance, DistanceMetric } from './ast.ts'
import type { Parser } from './parser.ts'

const metrics: ReadonlyMap<string, DistanceMetric> = new Map([
  ['chebyshev', 'chebyshev'],
  ['cosine', 'cosine'],
  ['dot', 'dot'],
  ['euclidean', 'euclidean'],
  ['hamming', 'hamming'],
  ['jaccard', 'jaccard'],
  ['l2', 'euclidean'],
  ['manhattan', 'manhattan'],
  ['pearson', 'pearson'],
])

export function parseDistance(p: Parser): Distance {
  const name = p.token.type === 'word' ? p.token.text.toLowerCase() : ''
  if (name === 'minkowski') {
    p.advance()
    return { metric: 'minkowski', order: p.integer('an order') }
  }
  const metric = metrics.get(name)
  if (metric === undefined) throw p.unexpected('a distance such as COSINE')
  p.advance()
  return { metric }
}
