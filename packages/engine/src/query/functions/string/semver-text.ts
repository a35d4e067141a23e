/**
 * Semantic versions (semver.org, 2.0.0) as text.
 */

export interface Semver {
  readonly major: bigint
  readonly minor: bigint
  readonly patch: bigint
  /** The dot-separated identifiers after `-`; empty for a release. */
  readonly prerelease: readonly string[]
  /** Those after `+`. */
  readonly build: readonly string[]
}

const pattern =
  /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?$/
const charsMax = 256
/** As in SurrealQL, the numbers have 64 bits. */
export const semverNumberMax = 2n ** 64n - 1n

/** `undefined` for what is no semantic version. */
export function parseSemver(text: string): Semver | undefined {
  const match = text.length <= charsMax ? pattern.exec(text) : null
  if (match === null) return undefined
  const [major, minor, patch] = [match[1], match[2], match[3]].map((digits) => BigInt(digits ?? 0)) as [
    bigint,
    bigint,
    bigint,
  ]
  const prerelease = match[4]?.split('.') ?? []
  const isTooBig = [major, minor, patch].some((n) => n > semverNumberMax)
  // A number among the identifiers before a release has no leading zeros.
  if (isTooBig || prerelease.some((part) => /^0\d+$/.test(part))) return undefined
  return { major, minor, patch, prerelease, build: match[5]?.split('.') ?? [] }
}

export function formatSemver(version: Semver): string {
  const prerelease = version.prerelease.length > 0 ? `-${version.prerelease.join('.')}` : ''
  const build = version.build.length > 0 ? `+${version.build.join('.')}` : ''
  return `${version.major}.${version.minor}.${version.patch}${prerelease}${build}`
}

/** -1, 0 or 1. Builds, which have no precedence in the standard, break ties, as in SurrealQL. */
export function compareSemver(left: Semver, right: Semver): number {
  for (const part of ['major', 'minor', 'patch'] as const) {
    if (left[part] !== right[part]) return left[part] < right[part] ? -1 : 1
  }
  // A release follows all that comes before it.
  const isRelease = Number(left.prerelease.length === 0) - Number(right.prerelease.length === 0)
  return (
    isRelease ||
    compareIdentifiers(left.prerelease, right.prerelease) ||
    compareIdentifiers(left.build, right.build)
  )
}

function compareIdentifiers(left: readonly string[], right: readonly string[]): number {
  const length = Math.min(left.length, right.length)
  for (let i = 0; i < length; i += 1) {
    const order = compareIdentifier(left[i] as string, right[i] as string)
    if (order !== 0) return order
  }
  return Math.sign(left.length - right.length)
}

/** Numbers by size and before texts; texts in ASCII order. */
function compareIdentifier(left: string, right: string): number {
  const isLeftNumber = /^\d+$/.test(left)
  const isRightNumber = /^\d+$/.test(right)
  if (isLeftNumber !== isRightNumber) return isLeftNumber ? -1 : 1
  if (isLeftNumber && left.length !== right.length) return left.length < right.length ? -1 : 1
  return left < right ? -1 : left > right ? 1 : 0
}
