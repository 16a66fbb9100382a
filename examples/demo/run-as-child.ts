/** What a child says when it cannot go on. */
export interface Trouble {
  readonly trouble: string
}

export const isTrouble = (said: unknown): said is Trouble =>
  typeof said === 'object' && said !== null && 'trouble' in said && typeof said.trouble === 'string'

/** The other end of `startChild`: runs `main` with its facts. What it throws is told to the parent, and is the end. */
export async function runAsChild<Facts>(main: (facts: Facts) => Promise<void>): Promise<void> {
  // Ctrl-C reaches every process of the terminal; this one waits for its turn.
  process.on('SIGINT', () => {})
  try {
    await main(JSON.parse(process.argv[2] ?? '{}'))
  } catch (error) {
    const said: Trouble = { trouble: error instanceof Error ? error.message : String(error) }
    process.send?.(said, () => process.exit(1))
  }
}
