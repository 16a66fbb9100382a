import { sleep, systemClock } from '@kumquat/core'

/**
 * What a count has come to when it stands still: for five looks one after another, since after a stall a single one may come
 * before what has arrived meanwhile was read.
 */
export async function settled(count: () => number): Promise<number> {
  let before = count()
  for (let still = 0; still < 5; still++) {
    await sleep(systemClock, 20)
    if (count() !== before) still = -1
    before = count()
  }
  return before
}
