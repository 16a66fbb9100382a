import { hash } from 'node:crypto'

/** The 16 bytes of MD5 of the UTF-8 text: what libketama hashes with. Spreads well, protects nothing. */
export const md5 = (text: string): Uint8Array => hash('md5', text, 'buffer')
