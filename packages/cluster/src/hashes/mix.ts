/**
 * MurmurHash3's final mix (Appleby, `fmix32`): spreads what differs in a few bits over all 32. Unsigned, one to one.
 */
export function mix(bits: number): number {
  let mixed = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return (mixed ^ (mixed >>> 16)) >>> 0
}
