export interface Contender {
  readonly name: string
  /** Does it so many times. */
  readonly run: (times: number) => void | Promise<void>
}

/** CPU time of one time, in ns: the median round, and the fastest and slowest. */
export interface Figure {
  readonly name: string
  readonly ns: number
  readonly low: number
  readonly high: number
}

/**
 * Runs all contenders in alternating rounds of 10 ms each. What counts is the CPU time of this process, not that of the
 * clock on the wall, so that whatever else the machine does falls on nobody.
 */
export async function measure(contenders: readonly Contender[], rounds: number): Promise<readonly Figure[]> {
  const all: { readonly contender: Contender; readonly times: number; readonly took: number[] }[] = []
  for (const contender of contenders) all.push({ contender, times: await timesOf(contender), took: [] })
  for (let i = 0; i < rounds; i++) {
    const order = i % 2 === 0 ? all : all.toReversed()
    for (const { contender, times, took } of order) {
      // The others have filled the caches of the processor with what is theirs.
      await contender.run(Math.ceil(times / 2))
      took.push(await nsEach(contender, times))
    }
  }
  return all.map(({ contender: { name }, took }) => {
    took.sort((a, b) => a - b)
    return { name, ns: round(took[took.length >> 1]!), low: round(took[0]!), high: round(took.at(-1)!) }
  })
}

const ROUND_NS = 10_000_000
/** By then it is compiled for good: that is done by other threads, whose time is ours. */
const WARM_NS = 300_000_000

/** How often it goes into a round, after it has run for a while. */
async function timesOf(contender: Contender): Promise<number> {
  let each = 0
  let times = 16
  for (let ns = 0; ns < WARM_NS; ns += times * each) {
    if (times * each < ROUND_NS) times *= 2
    each = await nsEach(contender, times)
  }
  return Math.max(1, Math.round(ROUND_NS / each))
}

async function nsEach({ run }: Contender, times: number): Promise<number> {
  const before = process.cpuUsage()
  await run(times)
  const { user, system } = process.cpuUsage(before)
  return ((user + system) * 1_000) / times
}

const round = (ns: number): number => Math.round(ns * 10) / 10
