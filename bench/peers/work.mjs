/** What every contender does: answers with what it was asked by, and three tags more. */
export const work = ({ id, name, pad }) => ({ id, name, tags: ['a', 'b', 'c'], pad })

/** A request of about so many bytes. */
export const request = (bytes) => ({ id: 42, name: 'item number 42', pad: 'x'.repeat(Math.max(0, bytes - 60)) })

export const DEADLINE_MS = 3_000
