/** A small file system of its own, to be filled up; only root may mount one. */

import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface SmallDisk {
  /** `false`: tests of a full disk cannot run here. */
  readonly isMounted: boolean
  readonly path: string
  /** Leaves less room, until `giveRoom`. */
  takeRoom(bytes: number): void
  giveRoom(): void
  roomLeft(): number
  unmount(): void
}

/** With CI=true as root it must work; elsewhere a line says that these tests did not run. */
export function mountSmallDisk(size: string): SmallDisk {
  const path = mkdtempSync(join(tmpdir(), 'small-disk-'))
  const ballast = join(path, 'ballast')
  const isMounted = mount(path, size)
  return {
    isMounted,
    path,
    takeRoom: (bytes) => writeFileSync(ballast, Buffer.alloc(bytes)),
    giveRoom: () => rmSync(ballast, { force: true }),
    roomLeft() {
      const { bavail, bsize } = statfsSync(path)
      return bavail * bsize
    },
    unmount() {
      if (isMounted) execFileSync('/bin/umount', [path])
      rmSync(path, { recursive: true })
    },
  }
}

function mount(path: string, size: string): boolean {
  try {
    execFileSync('/bin/mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', path], { stdio: 'pipe' })
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
