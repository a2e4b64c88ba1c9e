import {
  createPrompt,
  isBackspaceKey,
  isEnterKey,
  isTabKey,
  makeTheme,
  useKeypress,
  usePrefix,
  useRef,
  useState,
} from '@inquirer/core'
import { back, type Back } from './back.js'
import { toWidth } from './width.js'

export interface FieldQuestion {
  readonly message: string
  /** More than the one line, shown when `?` is typed. */
  readonly help: string
  readonly default?: string
  /** What is wrong with it, or undefined. */
  readonly validate: (answer: string) => string | undefined
}

const isEscape = ({ name }: { readonly name: string }): boolean => name === 'escape'

/**
 * A line of text that is checked while it is typed; `?` explains, Esc goes back. What is pasted with line breaks is not
 * taken: its second line would answer the next question.
 */
export const fieldPrompt = createPrompt<string | Back, FieldQuestion>((question, done) => {
  const { message, help, validate } = question
  const theme = makeTheme({})
  const [value, setValue] = useState('')
  const [fallback, setFallback] = useState(question.default ?? '')
  const [below, setBelow] = useState('')
  const [isDone, setDone] = useState(false)
  const entered = useRef<{ readonly answer: string; more: boolean } | undefined>(undefined)
  const prefix = usePrefix({ status: isDone ? 'done' : 'idle', theme })

  const finish = (answer: string | Back): void => {
    setDone(true)
    setBelow('')
    done(answer)
  }

  const take = (answer: string, rewrite: () => void): void => {
    const mistake = validate(answer)
    if (mistake === undefined) {
      setValue(answer)
      finish(answer)
      return
    }
    rewrite()
    setBelow(theme.style.error(mistake))
  }

  useKeypress((key, rl) => {
    if (isDone) return
    if (entered.current !== undefined) {
      entered.current.more = true
      rl.clearLine(0)
      return
    }
    if (isEscape(key)) {
      finish(back)
    } else if (isEnterKey(key)) {
      const answer = value.trim() === '' ? fallback : value.trim()
      const pending = { answer, more: false }
      entered.current = pending
      // what was pasted arrives at once
      setImmediate(() => {
        entered.current = undefined
        rl.clearLine(0)
        if (pending.more) {
          setValue('')
          setBelow(theme.style.error('that was more than one line, and was not taken: type it, or paste one line'))
        } else if (pending.answer === '?') {
          setValue('')
          setBelow(help)
        } else {
          take(pending.answer, () => {
            rl.write(value)
          })
        }
      })
    } else if (isTabKey(key) && value === '') {
      rl.clearLine(0)
      rl.write(fallback)
      setValue(fallback)
      setFallback('')
    } else if (isBackspaceKey(key) && value === '') {
      setFallback('')
    } else {
      setValue(rl.line)
      const mistake = rl.line === '' || rl.line === '?' ? undefined : validate(rl.line.trim())
      setBelow(mistake === undefined ? '' : theme.style.help(mistake))
    }
  })

  const shown = isDone ? theme.style.answer(value) : value
  const offered = !isDone && value === '' && fallback !== '' ? ` ${theme.style.defaultAnswer(fallback)}` : ''
  return [`${prefix} ${theme.style.message(message, isDone ? 'done' : 'idle')}${offered} ${shown}`, toWidth(below)]
})
