/** What the tests use of `lz4js`, which has no types of its own. */
declare module 'lz4js' {
  export function compressBound(bytes: number): number
  /** Bytes of the block; 0 where it would be no smaller. */
  export function compressBlock(
    source: Uint8Array,
    target: Uint8Array,
    sourceStart: number,
    sourceBytes: number,
    /** 65,536 zeros. */
    hashTable: number[],
  ): number
  /** Where the decoded bytes end. */
  export function decompressBlock(
    source: Uint8Array,
    target: Uint8Array,
    sourceStart: number,
    sourceBytes: number,
    targetStart: number,
  ): number
}
