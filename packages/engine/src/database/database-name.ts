/**
 * Names of databases, and the folders they live in.
 * Rules: segments of `[A-Za-z0-9_-]` joined by `/`, at most 128 characters, no `..`, no leading `.` or `/`,
 * no `//`.
 * Two names are too alike when their SQL catalogs (slash → underscore) are equal regardless of case: the
 * catalog could not tell them apart, nor some file systems.
 */

import { engineErrors } from '../engine-errors.ts'

export const databaseNameCharsMax = 128

const segmentPattern = /^[A-Za-z0-9_-]+$/

/** @throws ENGINE_DATABASE_NAME */
export function checkDatabaseName(name: string): string {
  if (!isDatabaseName(name)) {
    const shown = typeof name === 'string' ? (name as string).slice(0, databaseNameCharsMax) : typeof name
    throw engineErrors.DATABASE_NAME({ name: shown, charsMax: databaseNameCharsMax })
  }
  return name
}

export function isDatabaseName(name: unknown): name is string {
  return (
    typeof name === 'string' &&
    name.length <= databaseNameCharsMax &&
    name.split('/').every((segment) => segmentPattern.test(segment))
  )
}

/**
 * Dots cannot occur in a name, so that the folder names of `a/b` and `a_b` differ and no folder holds
 * another's.
 */
export function folderOfDatabase(name: string): string {
  return name.replaceAll('/', '.')
}

export function databaseOfFolder(folder: string): string | undefined {
  const name = folder.replaceAll('.', '/')
  return isDatabaseName(name) ? name : undefined
}

/** What a name must not share with another one. */
export function catalogOfDatabase(name: string): string {
  return name.replaceAll('/', '_').toLowerCase()
}
