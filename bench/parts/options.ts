/** The number of an option, whole and above 0. Throws `RangeError` on anything else. */
export function whole(name: string, text: string): number {
  const n = Number(text)
  if (Number.isInteger(n) && n > 0) return n
  throw new RangeError(`--${name} ${JSON.stringify(text)} is not a whole number above 0`)
}

/** Numbers with commas between them. */
export function wholes(name: string, text: string): readonly number[] {
  return text.split(',').map((one) => whole(name, one))
}

/** What every suite takes: `--json`, and `--quick` for the least that shows that it runs. */
export const COMMON = { json: { type: 'boolean', default: false }, quick: { type: 'boolean', default: false } } as const

/** The contenders of suites that need no peer installed: this stack, and what it is measured against. */
export const CONTENDERS: readonly string[] = ['ours/stream', 'others/net-json', 'ours/http', 'others/fastify-undici']
