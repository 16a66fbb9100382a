import type { ServiceKey } from '@kumquat/core'
import type { MethodDeclaration } from '../method-options.ts'
import { canonicalJson } from './canonical-json.ts'
import { type Documented, documented } from './contract-document.ts'
import { hashOfText } from './contract-hash.ts'

/** A contract ready to be published. */
export interface PublishedContract extends Documented {
  readonly hash: string
  /** What the hash is of. */
  readonly text: string
}

/** Writes down what a service offers, and names it. */
export function publishedContract(
  service: ServiceKey,
  methods: Iterable<readonly [string, MethodDeclaration]>,
): PublishedContract {
  const { document, gaps } = documented(service, methods)
  const text = canonicalJson(document)
  return { document, gaps, text, hash: hashOfText(text) }
}
