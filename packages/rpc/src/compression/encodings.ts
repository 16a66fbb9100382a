import * as zlib from 'node:zlib'

/** How a body may be packed, as in `content-encoding` (RFC 9110, 8.4.1; zstd: RFC 8878, where this Node has it). */
export type Encoding = 'zstd' | 'br' | 'gzip'

interface Codec {
  pack(plain: Buffer, done: (error: Error | null, packed: Buffer) => void): void
  unpack(packed: Buffer, options: { maxOutputLength: number }, done: Unpacked): void
  unpacker(): zlib.Gunzip
}

type Unpacked = (error: Error | null, plain: Buffer) => void

/** What this Node can do, the preferred first. */
export const codecs: ReadonlyMap<Encoding, Codec> = new Map<Encoding, Codec>([
  ...zstd(),
  [
    'br',
    {
      // The default of 11 is for files that are packed once.
      pack: (plain, done) =>
        zlib.brotliCompress(
          plain,
          {
            params: {
              [zlib.constants.BROTLI_PARAM_QUALITY]: 4,
              [zlib.constants.BROTLI_PARAM_SIZE_HINT]: plain.length,
            },
          },
          done,
        ),
      unpack: zlib.brotliDecompress,
      unpacker: zlib.createBrotliDecompress as () => zlib.Gunzip,
    },
  ],
  ['gzip', { pack: (plain, done) => zlib.gzip(plain, done), unpack: zlib.gunzip, unpacker: zlib.createGunzip }],
])

export const isEncoding = (text: string): text is Encoding => codecs.has(text as Encoding)

interface Zstd {
  readonly zstdCompress?: (plain: Buffer, done: Unpacked) => void
  readonly zstdDecompress?: Codec['unpack']
  readonly createZstdDecompress?: Codec['unpacker']
}

/** From Node 22.15 and 23.8. */
function zstd(): readonly (readonly [Encoding, Codec])[] {
  const { zstdCompress: pack, zstdDecompress: unpack, createZstdDecompress: unpacker } = zlib as Zstd
  return pack && unpack && unpacker ? [['zstd', { pack, unpack, unpacker }]] : []
}
