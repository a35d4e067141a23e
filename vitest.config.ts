/**
 * `npm test`: every test of the repository in one run, on two processes, as a small machine has two cores.
 */
import { defineConfig } from 'vitest/config'
import { ClosingLineReporter } from './scripts/closing-line-reporter.ts'

export default defineConfig({
  test: {
    include: ['packages/*/src/**/*.test.ts', 'conformance/**/*.test.ts', 'scripts/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 2,
    // Far above what anything takes: a busy machine is slow, and a test that hangs still ends.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    reporters: ['default', new ClosingLineReporter()],
  },
})
