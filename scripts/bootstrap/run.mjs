/**
 * Runs a child in our place: its streams are ours, signals reach it, and we end as it ends.
 * A signal should reach the child once, as a server may take a second one for "stop at once":
 * - Ctrl-C and a closing terminal reach the whole foreground group, so that the child has the signal already,
 *   and npm sends it to us once more. With a terminal these are not forwarded.
 * - `kill` of npm or of us, by a supervisor or a test, reaches the child through us only, and only once.
 * npm passes a signal to what it started: package.json says `exec`, as that would otherwise be a shell, which
 * ends and leaves us behind. Should npm itself be gone (killed, or a shell in between), the child is asked to
 * end.
 */
import { spawn } from 'node:child_process'

const toGroup = ['SIGINT', 'SIGHUP']
const toProcess = ['SIGTERM']
const parentPollMs = 250

/**
 * @returns {Promise<{ code: number | null, signal: NodeJS.Signals | null }>} how the child ended
 * @throws when it cannot be started
 */
export function run(command, args, options, onStart = (_pid) => {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, options)
    if (child.pid !== undefined) onStart(child.pid)
    const release = forwardSignals(child)
    child.once('error', (error) => {
      release()
      reject(error)
    })
    child.once('close', (code, signal) => {
      release()
      resolve({ code, signal })
    })
  })
}

function forwardSignals(child) {
  const hasTerminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY
  const forwarded = new Set()
  const forward = (signal) => {
    if (forwarded.has(signal) || (hasTerminal && toGroup.includes(signal))) return
    forwarded.add(signal)
    child.kill(signal)
  }
  const signals = [...toGroup, ...toProcess]
  for (const signal of signals) process.on(signal, forward)
  const watch = watchNpm(() => forward('SIGTERM'))
  return () => {
    clearInterval(watch)
    for (const signal of signals) process.off(signal, forward)
  }
}

/** Only under npm, as a shell script may well end before what it started. */
function watchNpm(whenGone) {
  if (process.env.npm_lifecycle_event === undefined) return undefined
  const parent = process.ppid
  return setInterval(() => process.ppid === parent || whenGone(), parentPollMs).unref()
}

/** Ends this process as the child ended, so that a shell and npm see the same. */
export function exitLike({ code, signal }) {
  if (signal !== null) process.kill(process.pid, signal)
  // Reached after a signal too, where it does not end a process (Windows).
  process.exit(code ?? 1)
}
