/**
 * The results as a Markdown table: one line per workload, ours, each peer, and whether the goal is reached.
 */

import { type Goal, goals } from './goals.ts'
import type { Row } from './measure.ts'

const ours = 'DendroDB'

export function renderReport(rows: readonly Row[]): string {
  const lines = ['| workload | DendroDB | peers (ratio ours : theirs) | goal | |', '|---|---|---|---|---|']
  for (const workload of new Set(rows.map((row) => row.workload))) {
    const all = rows.filter((row) => row.workload === workload)
    const own = all.find(({ subject }) => subject === ours)
    const peers = all.filter(({ subject }) => subject !== ours)
    const others = peers.map((peer) => `${peer.subject} ${formatValue(peer)}${ratioText(own, peer)}`)
    const goal = goals.find(([start]) => isFor(workload, start))?.[1]
    const verdict = goal && own ? (isReached(goal, own, peers) ? 'reached' : '**missed**') : ''
    const cells = [
      workload,
      own ? formatValue(own) : '–',
      others.join('; '),
      goal ? formatGoal(goal) : '',
      verdict,
    ]
    lines.push(`| ${cells.join(' | ')} |`)
  }
  return lines.join('\n')
}

/** A goal for a rate says nothing about the percentiles of the same workload. */
function isFor(workload: string, start: string): boolean {
  return workload.startsWith(start) && workload.includes(', p') === start.includes(', p')
}

function isReached(goal: Goal, own: Row, peers: readonly Row[]): boolean {
  if ('atLeast' in goal) return own.value >= goal.atLeast
  if ('atMost' in goal) return own.value <= goal.atMost
  const peer = peers.find(({ subject }) => subject === goal.to)
  if (peer === undefined) return false
  return 'ratio' in goal ? own.value >= goal.ratio * peer.value : own.value <= goal.ratioAtMost * peer.value
}

function formatGoal(goal: Goal): string {
  if ('atLeast' in goal) return `≥ ${format(goal.atLeast)}`
  if ('atMost' in goal) return `≤ ${format(goal.atMost)}`
  return 'ratio' in goal ? `≥ ${goal.ratio} × ${goal.to}` : `≤ ${goal.ratioAtMost} × ${goal.to}`
}

function ratioText(own: Row | undefined, peer: Row): string {
  if (own === undefined || peer.value === 0) return ''
  return ` (${(own.value / peer.value).toPrecision(2)} : 1)`
}

function formatValue(row: Row): string {
  return `${format(row.value)} ${row.unit}${row.note === undefined ? '' : ` (${row.note})`}`
}

function format(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(3)
}
