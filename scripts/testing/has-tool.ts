/**
 * What a test needs from the machine and a laptop may lack (a Redis client, a browser, PostgreSQL).
 * Why: a suite that is skipped in silence looks like a suite that passed. Without the tool the run says so on
 * a line of its own; with CI=true the tool is required, so that what is published has been tested.
 */
import { spawnSync } from 'node:child_process'

/**
 * Whether `tool` can be run; meant for `describe.skipIf(!hasTool('psql'))(…)`.
 *
 * @param probe arguments with which the tool starts and ends with 0
 * @throws with CI=true when it cannot be run
 */
export function hasTool(tool: string, probe: readonly string[] = ['--version']): boolean {
  const { status } = spawnSync(tool, probe, { stdio: 'ignore', timeout: 20_000 })
  if (status === 0) return true
  const missing = `${tool} cannot be run (tried: ${[tool, ...probe].join(' ')})`
  if (process.env.CI === 'true') throw new Error(`${missing}; with CI=true its tests may not be skipped`)
  process.stderr.write(`\n*** SKIPPED: ${missing}. Tests that need it did not run. ***\n\n`)
  return false
}
