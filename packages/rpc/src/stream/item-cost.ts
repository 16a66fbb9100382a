/** What an item of so many bytes takes of a window: small ones count as 1 KiB, lest it hold any number of them. */
export const costOf = (bytes: number): number => Math.max(bytes, LEAST_BYTES)

const LEAST_BYTES = 1_024

/** Bytes of items that may be on their way to one reader, unless an option says otherwise: 256 small ones. */
export const WINDOW_BYTES: number = 256 * 1_024
