/** What Esc answers: the question before this one is asked again. */
export const back = Symbol('back')

export type Back = typeof back
