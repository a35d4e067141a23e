/**
 * Lets one process at a time install: others wait, then find the work done.
 * The lock is a file that only one can create. Its holder touches it every two seconds and names itself and
 * the npm that it runs: a lock is abandoned when both are gone, or (another host or container, a reused pid)
 * when it is no longer touched. An npm that outlives a killed bootstrap thus still keeps others away.
 */
import fs from 'node:fs'
import os from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'

const heartbeatMs = 2_000
const untouchedMsMax = 30_000
const pollMs = 200

/** Runs `work` while holding the lock at `file`. */
export async function withInstallLock(file, say, work) {
  const lock = await acquire(file, say)
  try {
    await work(lock)
  } finally {
    lock.release()
  }
}

async function acquire(file, say) {
  for (let waited = false; ; waited = true) {
    const holder = { host: os.hostname(), pids: [process.pid] }
    try {
      fs.writeFileSync(file, JSON.stringify(holder), { flag: 'wx' })
      return held(file, holder)
    } catch (error) {
      if (error.code !== 'EEXIST') throw error
    }
    if (isAbandoned(file)) {
      discard(file)
      continue
    }
    if (!waited) say(`waiting for another install to finish (${file})`)
    await sleep(pollMs)
  }
}

function held(file, holder) {
  const heartbeat = setInterval(() => touch(file), heartbeatMs)
  heartbeat.unref()
  const release = () => {
    clearInterval(heartbeat)
    fs.rmSync(file, { force: true })
  }
  const setChild = (pid) => fs.writeFileSync(file, JSON.stringify({ ...holder, pids: [process.pid, pid] }))
  return { release, setChild }
}

function touch(file) {
  const now = new Date()
  fs.utimes(file, now, now, () => {})
}

function isAbandoned(file) {
  try {
    if (Date.now() - fs.statSync(file).mtimeMs > untouchedMsMax) return true
    const { host, pids } = JSON.parse(fs.readFileSync(file, 'utf8'))
    return host === os.hostname() && !pids.some(isRunning)
  } catch {
    // Gone, or caught between its creation and its first bytes: look again.
    return false
  }
}

function isRunning(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code !== 'ESRCH'
  }
}

/** Of several that find a lock abandoned one wins the rename; a newer lock taken by mistake is put back. */
function discard(file) {
  const aside = `${file}.${process.pid}`
  try {
    fs.renameSync(file, aside)
    if (!isAbandoned(aside)) fs.linkSync(aside, file)
  } catch (error) {
    if (error.code !== 'ENOENT' && error.code !== 'EEXIST') throw error
  }
  fs.rmSync(aside, { force: true })
}
