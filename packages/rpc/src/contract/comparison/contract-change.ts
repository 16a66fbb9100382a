/** `narrowed`: fewer values fit than before. `widened`: more. `changed`: neither, or nobody can tell. */
export type ChangeKind = 'added' | 'removed' | 'narrowed' | 'widened' | 'changed'

/** One difference between two contracts of a service. */
export interface ContractChange {
  readonly kind: ChangeKind
  readonly method: string
  /** Where in the method: `input[0].filter.years[]`, `output.title`, `idempotent`; empty for the method itself. */
  readonly at: string
  /** Whether callers of the contract before may fail at a provider of the contract after, or misread it. */
  readonly breaking: boolean
  /** What it is, in words. */
  readonly message: string
}

/** A difference between two schemas at one place, of which nothing is said yet whom it hurts. */
export interface Difference {
  readonly kind: 'narrowed' | 'widened' | 'changed'
  readonly message: string
}

/** The keywords of a schema. */
export type Keywords = Readonly<Record<string, unknown>>
