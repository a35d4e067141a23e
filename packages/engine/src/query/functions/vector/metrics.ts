/**
 * Measures on vectors of floats of one dimension. Plain loops: they run over hundreds of elements per row.
 */

type Floats = readonly number[] | Float32Array

export function dot(v: Floats, w: Floats): number {
  let total = 0
  for (let i = 0; i < v.length; i += 1) total += (v[i] as number) * (w[i] as number)
  return total
}

export function magnitude(v: Floats): number {
  return Math.sqrt(dot(v, v))
}

/** NaN when one of the vectors has no length. */
export function cosine(v: Floats, w: Floats): number {
  let product = 0
  let squareV = 0
  let squareW = 0
  for (let i = 0; i < v.length; i += 1) {
    const a = v[i] as number
    const b = w[i] as number
    product += a * b
    squareV += a * a
    squareW += b * b
  }
  // One root of the product makes vectors of one direction exactly alike; two roots are for what would
  // overflow.
  const squares = squareV * squareW
  const lengths =
    squares > 1e-300 && squares < 1e300 ? Math.sqrt(squares) : Math.sqrt(squareV) * Math.sqrt(squareW)
  return product / lengths
}

/** Radians. */
export function angle(v: Floats, w: Floats): number {
  // Rounding may take the cosine of parallel vectors a little past 1.
  return Math.acos(Math.max(-1, Math.min(1, dot(v, w) / (magnitude(v) * magnitude(w)))))
}

export function euclidean(v: Floats, w: Floats): number {
  let total = 0
  for (let i = 0; i < v.length; i += 1) total += ((v[i] as number) - (w[i] as number)) ** 2
  return Math.sqrt(total)
}

export function manhattan(v: Floats, w: Floats): number {
  let total = 0
  for (let i = 0; i < v.length; i += 1) total += Math.abs((v[i] as number) - (w[i] as number))
  return total
}

export function chebyshev(v: Floats, w: Floats): number {
  let greatest = 0
  for (let i = 0; i < v.length; i += 1)
    greatest = Math.max(greatest, Math.abs((v[i] as number) - (w[i] as number)))
  return greatest
}

export function minkowski(v: Floats, w: Floats, order: number): number {
  let total = 0
  for (let i = 0; i < v.length; i += 1) total += Math.abs((v[i] as number) - (w[i] as number)) ** order
  return total ** (1 / order)
}

/** Correlation of the elements; NaN when one of the vectors is constant. */
export function pearson(v: Floats, w: Floats): number {
  const meanV = mean(v)
  const meanW = mean(w)
  return cosine(
    Array.from(v, (element) => element - meanV),
    Array.from(w, (element) => element - meanW),
  )
}

/** Correlation of the ranks. */
export function spearman(v: Floats, w: Floats): number {
  return pearson(ranksOf(v), ranksOf(w))
}

function mean(v: Floats): number {
  let total = 0
  for (const element of v) total += element
  return total / v.length
}

/** Equal elements share the mean of their ranks. */
function ranksOf(v: Floats): number[] {
  const order = Array.from(v, (element, index) => ({ element, index })).sort((a, b) => a.element - b.element)
  const ranks = new Array<number>(v.length).fill(0)
  for (let begin = 0; begin < order.length; ) {
    let end = begin
    while (end < order.length && order[end]?.element === order[begin]?.element) end += 1
    for (let i = begin; i < end; i += 1) ranks[order[i]?.index ?? 0] = (begin + end - 1) / 2
    begin = Math.max(end, begin + 1)
  }
  return ranks
}
