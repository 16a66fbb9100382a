/**
 * Spreads texts over 32 bits. What it returns is read as unsigned. Equal texts give equal numbers, in every process.
 */
export type Hash = (text: string) => number

/** Spreads texts over many bytes, always as many. */
export type Digest = (text: string) => Uint8Array
