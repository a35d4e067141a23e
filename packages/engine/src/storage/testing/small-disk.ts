/**
 * A small file system of its own, which only root may mount, for tests of a full disk.
 * With CI=true as root it must work; elsewhere a line says that these tests did not run.
 */

import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'

const pageBytes = 4096

export class SmallDisk {
  readonly path: string
  readonly isMounted: boolean
  readonly #bytes: number

  /** For one file of tests, unmounted at its end. */
  constructor(mebibytes: number) {
    this.path = mkdtempSync(join(tmpdir(), 'disk-full-'))
    this.isMounted = mount(this.path, mebibytes)
    this.#bytes = mebibytes * 1024 * 1024
    afterAll(() => {
      if (this.isMounted) execFileSync('/bin/umount', [this.path])
      rmSync(this.path, { recursive: true })
    })
  }

  get freeBytes(): number {
    const { bavail, bsize } = statfsSync(this.path)
    return bavail * bsize
  }

  /** So many bytes less than it had at first, until they are given back. Nothing is written for that. */
  takeRoom(bytes: number): void {
    this.#resize(this.#bytes - bytes)
  }

  giveRoom(): void {
    this.#resize(this.#bytes)
  }

  /** Removes everything on it. */
  clear(): void {
    for (const name of readdirSync(this.path)) rmSync(join(this.path, name), { recursive: true })
  }

  #resize(bytes: number): void {
    // A size of 0 would be none at all.
    const size = Math.max(bytes, pageBytes)
    execFileSync('/bin/mount', ['-o', `remount,size=${size}`, this.path], { stdio: 'pipe' })
  }
}

function mount(path: string, mebibytes: number): boolean {
  try {
    execFileSync('/bin/mount', ['-t', 'tmpfs', '-o', `size=${mebibytes}m`, 'tmpfs', path], { stdio: 'pipe' })
    return true
  } catch (error) {
    if (process.env.CI === 'true' && process.getuid?.() === 0) throw error
    process.stderr.write(
      '\n*** SKIPPED: no file system can be mounted here. The tests of a full disk did not run. ***\n\n',
    )
    return false
  }
}

/** Bytes that do not compress, the same for the same number. */
export function incompressible(number: number, bytes: number): Buffer {
  const value = Buffer.alloc(bytes)
  let state = number + 1
  for (let at = 0; at < bytes; at += 4) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    value.writeUInt32LE(state, at)
  }
  return value
}
