import { declined } from '../commands/declined.js'
import { back, type Back } from './back.js'

/** What `?` answers, where a question has more to say. */
export const help = Symbol('help')

type Aside = Back | typeof help

const isAside = (reason: unknown): reason is Aside => reason === back || reason === help

/** stdin while a question is asked: Esc goes back, and a terminal that is closed answers nothing any more. */
export const whileListening = async <T>(
  ask: (signal: AbortSignal) => Promise<T>,
  { explains = false } = {},
): Promise<T | Aside> => {
  const controller = new AbortController()
  const onKey = (typed: unknown, key: { readonly name?: string; readonly ctrl?: boolean } | undefined): void => {
    if (explains && typed === '?') controller.abort(help)
    if (key?.name === 'escape') controller.abort(back)
    if (key?.ctrl === true && key.name === 'd') controller.abort()
  }
  const onEnd = (): void => controller.abort()
  process.stdin.on('keypress', onKey).on('end', onEnd)
  try {
    return await ask(controller.signal)
  } catch (error) {
    if (isAside(controller.signal.reason)) return controller.signal.reason
    const isLeft = error instanceof Error && ['ExitPromptError', 'AbortPromptError'].includes(error.name)
    throw isLeft ? declined(error) : error
  } finally {
    process.stdin.off('keypress', onKey).off('end', onEnd)
  }
}
