/** Programs that tests run in processes of their own. */

import { fileURLToPath } from 'node:url'

const bundles: Readonly<Record<string, string>> = JSON.parse(process.env.DENDRODB_TEST_BUNDLES ?? '{}')

/** The file to run for a source: its bundle, where scripts/start/bundle.mjs makes one. */
export function programFile(source: URL): string {
  return fileURLToPath(bundles[source.href] ?? source)
}
