import { mix } from './mix.ts'

/**
 * FNV-1a of 32 bits over UTF-16 units (Fowler, Noll, Vo), then mixed, since texts that differ at their end only would
 * lie near each other. About 40 ns for a short key.
 */
export function fnv1a(text: string): number {
  let bits = 0x811c9dc5
  for (let i = 0; i < text.length; i++) bits = Math.imul(bits ^ text.charCodeAt(i), 0x01000193)
  return mix(bits)
}
