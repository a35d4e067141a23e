import { errorStatusTable } from '@dendrodb/protocol'
import { expect, test } from 'vitest'
import { crashError } from './crash-error.ts'

test.each([
  [null, 'SIGSEGV', 'corrupt'],
  [null, 'SIGBUS', 'corrupt'],
  [null, 'SIGABRT', 'corrupt'],
  [134, null, 'corrupt'],
  [1, null, 'corrupt'],
  [0, null, 'corrupt'],
  [null, 'SIGKILL', 'resource_exceeded'],
  [null, 'SIGINT', 'cancelled'],
  [null, 'SIGTERM', 'cancelled'],
] as const)(
  'a process that ends silently with code %s, signal %s is reported as %s',
  (code, signal, status) => {
    const error = crashError('shop', code, signal)
    expect(error.status).toBe(status)
    expect(errorStatusTable[error.status].exit).toBeGreaterThan(0)
    if (status === 'corrupt') expect(error.message).toContain(signal ?? `exit code ${code}`)
  },
)
