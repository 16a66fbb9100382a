import { mix } from './mix.ts'

/** MurmurHash3_x86_32 (Appleby) of the UTF-8 bytes, seed 0: what most other languages have at hand. */
export function murmur3(text: string): number {
  const bytes = new TextEncoder().encode(text)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const whole = bytes.length & ~3
  let bits = 0
  for (let i = 0; i < whole; i += 4) {
    bits ^= scramble(view.getUint32(i, true))
    bits = Math.imul((bits << 13) | (bits >>> 19), 5) + 0xe6546b64
  }
  let rest = 0
  for (let i = bytes.length - 1; i >= whole; i--) rest = (rest << 8) | bytes[i]!
  return mix(bits ^ scramble(rest) ^ bytes.length)
}

function scramble(block: number): number {
  const bits = Math.imul(block, 0xcc9e2d51)
  return Math.imul((bits << 15) | (bits >>> 17), 0x1b873593)
}
