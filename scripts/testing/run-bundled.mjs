/**
 * Loaded into every process and thread of the tests and of the bench: programs of which there is a bundle run
 * from there.
 * Why: a crash test starts its child dozens of times, a verification a thread, and from the sources each
 * would first load hundreds of files. See docs/adr/0029-start-from-a-bundle.md.
 */
import { registerHooks } from 'node:module'

/** URLs of bundles by those of their sources; vitest.config.ts and bench/run.ts set it. */
const bundles = JSON.parse(process.env.DENDRODB_TEST_BUNDLES ?? '{}')

registerHooks({
  resolve(specifier, context, nextResolve) {
    const resolved = nextResolve(specifier, context)
    const url = bundles[resolved.url]
    return url === undefined ? resolved : { url, format: 'module' }
  },
})
