/**
 * Ends a test run with one plain line that a person and a script can read: `12 passed, 0 failed, 3 skipped`.
 * Counts tests. A file that could not be loaded, a hook that failed and an error outside any test count as
 * one failed each, so that the line says "0 failed" exactly when the run succeeds.
 */
import type { Reporter, TestModule } from 'vitest/node'

export class ClosingLineReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const counts = { passed: 0, failed: unhandledErrors.length, skipped: 0 }
    for (const module of modules) {
      for (const group of [module, ...module.children.allSuites()]) {
        if (group.errors().length > 0) counts.failed++
      }
      for (const test of module.children.allTests()) {
        const { state } = test.result()
        counts[state === 'pending' ? 'skipped' : state]++
      }
    }
    const line = `${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`
    // After the summary of the reporter before it, which is written later.
    process.once('exit', () => process.stdout.write(`${line}\n`))
  }
}
