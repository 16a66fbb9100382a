/**
 * Runs it when whatever came meanwhile was read, after two turns of the event loop: in the first of them the sockets are not
 * looked at again. Between two long pieces of work, so that short ones are held up by one of them only.
 */
export const afterOthers = (run: () => void): void => void setImmediate(() => setImmediate(run))
