/**
 * What the bytes after an upgrade are made of. All numbers are big-endian.
 *
 *     u32 length of all that follows | u8 type | u32 id of the call | payload
 */
export const HEADER_BYTES = 9
/** Of the length field, which does not count itself. */
export const LENGTH_BYTES = 4

/** docs/reference/wire.md says what each carries. */
export const FrameType = {
  request: 1,
  reply: 2,
  error: 3,
  cancel: 4,
  item: 5,
  end: 6,
  credit: 7,
  ping: 8,
  pong: 9,
  goAway: 10,
} as const

/** A part of a payload, of which more parts follow; set in the type. */
export const MORE = 0x80

/** What is longer goes out in parts of this size, so that small messages pass between them. */
export const PART_BYTES: number = 64 * 1_024

/** A single frame may be so much longer than a message: what is beyond is not even read. */
export const SLACK_BYTES: number = 4 * PART_BYTES

/** Frames that are about the connection, not about a call, have this id. */
export const NO_CALL = 0

/** The text that a connection is asked for by in `Upgrade`. */
export const PROTOCOL = 'kumquat'
export const STREAM_PATH = '/_kumquat/stream'
