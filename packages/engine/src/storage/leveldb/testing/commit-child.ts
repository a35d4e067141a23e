/**
 * Runs as a process of its own to be killed: commits numbered batches as fast as it can and tells which are
 * acknowledged.
 *
 *   node commit-child.ts <folder>
 */

import { openLevelStore } from '../level-store.ts'
import { commitBatches } from './numbered-batches.ts'

await commitBatches(await openLevelStore({ path: process.argv[2] ?? '', writeBufferBytes: 256 * 1024 }))
