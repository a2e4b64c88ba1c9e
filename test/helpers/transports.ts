/** Both ways to a host: what holds for one holds for the other, unless a test says why not. */
export const transports = ['built-in', 'openssh'] as const

export type TransportName = (typeof transports)[number]
