import { type Readable, Transform, type TransformCallback } from 'node:stream'
import { codecs, type Encoding } from './encodings.ts'

export interface UnpackingOptions {
  readonly encoding: Encoding
  /** Of what comes out. */
  readonly maxBytes: number
  readonly tooMuch: () => Error
  readonly damaged: (cause: Error) => Error
}

/**
 * The plain bytes of a packed stream. A bomb is stopped at the first byte above the limit, with what is in memory being one
 * chunk; what is still to come of its source is thrown away, so that the other end can hear why.
 */
export class Unpacking extends Transform {
  /** Bytes of the source so far, which is what its `content-length` counts. */
  receivedEncodedLength = 0
  readonly #options: UnpackingOptions
  #bytes = 0

  constructor(source: Readable, options: UnpackingOptions) {
    super()
    this.#options = options
    const unpacker = codecs.get(options.encoding)!.unpacker()
    source.on('data', (chunk: Buffer) => {
      this.receivedEncodedLength += chunk.length
    })
    source.on('error', (error) => this.destroy(error))
    unpacker.on('error', (cause) => this.destroy(options.damaged(cause)))
    this.on('close', () => {
      source.unpipe(unpacker)
      unpacker.destroy()
      source.resume()
    })
    source.pipe(unpacker).pipe(this)
  }

  override _transform(chunk: Buffer, _: BufferEncoding, done: TransformCallback): void {
    this.#bytes += chunk.length
    if (this.#bytes > this.#options.maxBytes) done(this.#options.tooMuch())
    else done(null, chunk)
  }
}
