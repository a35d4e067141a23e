/**
 * The thread that verifies the chain: started by chain-thread.ts, told what to do by messages.
 * Invariant: when it has answered, nothing of the store is open in this thread.
 */

import { parentPort } from 'node:worker_threads'
import { DbError, must } from '@dendrodb/protocol'
import { decodeManifest } from '../ledger/manifest.ts'
import type { KvReader } from '../ledger/overlay.ts'
import type { KvStoreReader, OpenReader } from '../storage/kv-store.ts'
import type { ChainAnswer, ChainOutcome, ChainRequest } from './chain-messages.ts'
import { ExpectedHistory, type HistoryScope } from './expected-history.ts'
import { Findings } from './findings.ts'
import { FingerprintSet } from './fingerprint-set.ts'
import { claimEntries, droppedNumbers, type MetEntries, meetEntries } from './meet-entries.ts'
import { readManifest } from './read-manifest.ts'
import { readSoundDefinitions, SoundReader } from './sound-reader.ts'
import { verifyChain } from './verify-chain.ts'

type VerifyRequest = ChainRequest & { readonly type: 'verify' }

const port = must(parentPort, 'a thread that another one has started')
let reader: KvStoreReader | undefined
let isStopped = false
let answered: Promise<void> = Promise.resolve()

port.on('message', (request: ChainRequest) => {
  switch (request.type) {
    case 'verify':
      isStopped = false
      answered = answer(request)
      break
    case 'stop':
      stop()
      break
    case 'end':
      stop()
      void answered.then(() => port.close())
      break
    default:
      request satisfies never
  }
})

/** Reads fail from now on, and with them what is going on. */
function stop(): void {
  isStopped = true
  void reader?.close()
}

async function answer(request: VerifyRequest): Promise<void> {
  try {
    post({ type: 'outcome', outcome: await verify(request) })
  } catch (error) {
    if (!(error instanceof DbError)) return post({ type: 'bug', error })
    const { code, status, message, details } = error
    post({ type: 'error', error: { code, status, message, details } })
  }
}

async function verify({ module, data, ...earlier }: VerifyRequest): Promise<ChainOutcome> {
  const { openReader } = (await import(module)) as { openReader: OpenReader }
  reader = await openReader(data)
  try {
    if (isStopped) await reader.close()
    return await verifySnapshot(reader, earlier)
  } finally {
    await reader.close()
    reader = undefined
  }
}

async function verifySnapshot(
  from: KvStoreReader,
  earlier: Pick<VerifyRequest, 'manifest' | 'scope' | 'claim'>,
): Promise<ChainOutcome> {
  const snapshot = from.snapshot()
  const history = new ExpectedHistory(earlier.scope)
  const { stored, ...begin } = await readManifest(snapshot)
  const isSame = stored.equals(earlier.manifest)
  const findings = new Findings()
  const result = await verifyChain({
    ...begin,
    reader: snapshot,
    earlier: isSame ? undefined : decodeManifest(begin.hash, earlier.manifest),
    history,
    findings,
    onProgress: (seq) => post({ type: 'progress', seq }),
  })
  const entries = isSame && claimEntries(earlier.claim) ? await entriesOf(snapshot, earlier.scope) : undefined
  return {
    ...result,
    expectedSums: history.sums,
    ...(entries && { entries }),
    findings: findings.list,
    findingsCount: findings.count,
  }
}

async function entriesOf(reader: KvReader, { seed }: HistoryScope): Promise<MetEntries> {
  const catalog = await readSoundDefinitions(new SoundReader(reader))
  const findings = new Findings(catalog)
  const live = new FingerprintSet(seed)
  const past = new FingerprintSet(seed)
  const { definitions: dropped } = await droppedNumbers(reader)
  const objects = await meetEntries({ reader, catalog, dropped, findings }, { live, past })
  return {
    live: live.actualSums,
    past: past.actualSums,
    objects,
    findings: findings.list,
    findingsCount: findings.count,
  }
}

function post(message: ChainAnswer): void {
  port.postMessage(message)
}
