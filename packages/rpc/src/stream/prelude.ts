/** What stands before the text of a payload. */
export interface Prelude {
  readonly bytes: number
  /** There is place for it. */
  write(bytes: Buffer, at: number): void
}
