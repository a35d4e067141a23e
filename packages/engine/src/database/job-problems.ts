/**
 * What goes wrong in the background, where there is no caller to be told.
 * Why once: a sweep that meets the same damage every few minutes has nothing new to say.
 */

import { problemsToldMax } from './limits.ts'

/** @param work what was being done, as the subject of "failed" */
export type OnProblem = (work: string, error: unknown) => void

/** Each problem once, and of many different ones the first. */
export function onceEach(onWarning: (warning: string) => void, database: string): OnProblem {
  const told = new Set<string>()
  return (work, error) => {
    const reason = error instanceof Error ? error.message : String(error)
    const warning = `${work} in the database ${database} failed and will be tried again: ${reason}`
    if (told.has(warning) || told.size >= problemsToldMax) return
    told.add(warning)
    onWarning(warning)
  }
}
