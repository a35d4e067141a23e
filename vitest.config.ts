/**
 * `npm test`: every test of the repository in one run, on two processes, as a small machine has two cores.
 */
import { defineConfig } from 'vitest/config'
import { ClosingLineReporter } from './scripts/closing-line-reporter.ts'
import { bundledTestPrograms } from './scripts/start/bundle.mjs'

// For scripts/testing/run-bundled.mjs.
process.env.DENDRODB_TEST_BUNDLES = JSON.stringify(await bundledTestPrograms())

export default defineConfig({
  test: {
    include: ['packages/*/src/**/*.test.ts', 'conformance/**/*.test.ts', 'scripts/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 2,
    // A process runs one file after another: most of them take less time than a process needs to start and to
    // load what they test.
    isolate: false,
    execArgv: ['--import', new URL('./scripts/testing/run-bundled.mjs', import.meta.url).href],
    // Far above what anything takes: a busy machine is slow, and a test that hangs still ends.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    reporters: ['default', new ClosingLineReporter()],
  },
})
