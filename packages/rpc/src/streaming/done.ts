/** The end of every iteration here. */
export const DONE: IteratorReturnResult<undefined> = Object.freeze({ done: true, value: undefined })
