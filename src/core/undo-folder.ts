/** Where the previous version of a replaced file waits until its phase has passed or was taken back. */
export const undoFolder = '/var/lib/deploy-flask/undo'
