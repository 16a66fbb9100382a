/** Whether a value out of JSON has a key `__proto__` anywhere: copied carelessly, it would become a prototype. */
export function hasPrototypeKey(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  return Object.hasOwn(value, '__proto__') || Object.values(value).some(hasPrototypeKey)
}
