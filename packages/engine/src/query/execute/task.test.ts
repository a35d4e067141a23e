import { describe, expect, test } from 'vitest'
import { done, runTask, type Task, wait } from './task.ts'

function* sum(...parts: readonly (number | Promise<number>)[]): Task<number> {
  let total = 0
  for (const part of parts) total += yield* wait(part)
  return total
}

describe('a task', () => {
  test('that never waits gives its value in the same turn', () => {
    expect(runTask(sum(1, 2))).toBe(3)
    expect(runTask(done('x'))).toBe('x')
  })

  test('that waits gives a promise', async () => {
    const running = runTask(sum(1, Promise.resolve(2), 3, Promise.resolve(4)))
    expect(running).toBeInstanceOf(Promise)
    expect(await running).toBe(10)
  })

  test('throws at once what it throws before it waits', () => {
    expect(() => runTask(failing())).toThrow('now')
  })

  test('can catch what it waits for, and cleans up when it does not', async () => {
    const log: string[] = []
    function* careful(): Task<string> {
      try {
        return yield* wait(Promise.reject<string>(new Error('later')))
      } catch (error) {
        return (error as Error).message
      } finally {
        log.push('closed')
        yield* wait(Promise.resolve())
      }
    }
    expect(await runTask(careful())).toBe('later')
    await expect(runTask(sum(Promise.reject(new Error('out'))))).rejects.toThrow('out')
    expect(log).toEqual(['closed'])
  })

  test('is not handed its own errors', async () => {
    let resumed = 0
    function* throwing(): Task<void> {
      yield* wait(Promise.resolve())
      resumed += 1
      throw new Error('own')
    }
    await expect(runTask(throwing())).rejects.toThrow('own')
    expect(resumed).toBe(1)
  })
})

// biome-ignore lint/correctness/useYield: throws before it could wait
function* failing(): Task<never> {
  throw new Error('now')
}
