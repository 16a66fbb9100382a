/** The work that both contenders do: a small reply to a small request. */
export interface Item {
  readonly id: number
  readonly name: string
  readonly tags: readonly string[]
}

export const itemOf = (id: number): Item => ({ id, name: `item number ${id}`, tags: ['a', 'b', 'c'] })
