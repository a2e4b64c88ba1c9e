/** What a run needs on the host while it goes on; gone when the host is started anew. */
export const runFolder = '/run/deploy-flask'

/** Where the previous version of a replaced file waits until its phase has passed or was taken back. */
export const undoFolder = '/var/lib/deploy-flask/undo'

/** What is to be taken back, a line a change, written before the change is made. */
export const journalFile = `${undoFolder}/journal`
