/** Whether a JSON value, which may have bytes in it, has a key that could reach the prototype of what it is merged into. It is what `secure-json-parse` refuses. */
export function hasForbiddenKey(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return false
  if (Object.hasOwn(value, '__proto__')) return true
  const made: unknown = Object.hasOwn(value, 'constructor') ? value.constructor : undefined
  if (typeof made === 'object' && made !== null && Object.hasOwn(made, 'prototype')) return true
  return Object.values(value).some(hasForbiddenKey)
}
