import { codecs, type Encoding } from './encodings.ts'

/** Compresses, off the event loop. */
export function packed(plain: Buffer, encoding: Encoding): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    codecs.get(encoding)!.pack(plain, (error, result) => (error ? reject(error) : resolve(result)))
  })
}

/** Decompresses, off the event loop. Rejects on what is damaged, and as soon as there is more than `maxBytes` of it. */
export function unpacked(bytes: Buffer, encoding: Encoding, maxBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const done = (error: Error | null, result: Buffer): void => (error ? reject(error) : resolve(result))
    codecs.get(encoding)!.unpack(bytes, { maxOutputLength: maxBytes }, done)
  })
}

/** Whether `unpacked` found too much, rather than damage. */
export const isTooMuch = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE'
