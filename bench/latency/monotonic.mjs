/** In ms, the same for all threads of a process: `performance.now()` begins anew in each, and wall clocks are set at times. */
// biome-ignore lint/plugin: Clock has nothing that two threads agree on.
export const monotonic = () => Number(process.hrtime.bigint()) / 1e6
