import { expect } from 'vitest'
import { back } from '../../src/wizard/back.js'
import type { ChoiceQuestion, Terminal } from '../../src/wizard/terminal.js'

/** What a person does at one question: types a text, takes what is offered or chooses by a part of its name. */
export type Act =
  | { readonly type: string }
  | { readonly enter: true }
  | { readonly choose: string }
  | { readonly escape: true }
  | { readonly leave: Error }

export type Scene = readonly [question: string, act: Act]

/** A person who knows what will be asked, in which order, and says so when it is otherwise. */
export class ScriptedTerminal implements Terminal {
  readonly #script: Scene[]
  /** Everything that was said and asked. */
  readonly lines: string[] = []

  constructor(script: readonly Scene[]) {
    this.#script = [...script]
  }

  say(text: string): void {
    this.lines.push(text)
  }

  async field({
    message,
    default: fallback,
    validate,
  }: Parameters<Terminal['field']>[0]): Promise<string | typeof back> {
    const act = this.#next(message)
    if ('escape' in act) return back
    const answer = 'type' in act ? act.type : 'enter' in act ? fallback : undefined
    if (answer === undefined) throw new Error(`${message} has no answer`)
    const mistake = validate(answer)
    if (mistake === undefined) return answer
    this.lines.push(`refused: ${mistake}`)
    return this.field({ message, help: '', validate, ...(fallback === undefined ? {} : { default: fallback }) })
  }

  choose<T>({ message, choices }: ChoiceQuestion<T>): Promise<T | typeof back> {
    const act = this.#next(message)
    this.lines.push(...choices.map(({ name }) => `  ${name}`))
    if ('escape' in act) return Promise.resolve(back)
    if (!('choose' in act)) throw new Error(`${message} wants a choice`)
    const found = choices.find(({ name }) => name.includes(act.choose))
    if (found === undefined)
      throw new Error(`${act.choose} is not offered: ${choices.map(({ name }) => name).join(', ')}`)
    return Promise.resolve(found.value)
  }

  /** Nothing that was expected was left out. */
  done(): void {
    expect(this.#script).toEqual([])
  }

  get text(): string {
    return this.lines.join('\n')
  }

  #next(message: string): Act {
    const scene = this.#script.shift()
    if (scene === undefined) throw new Error(`asked without need: ${message}`)
    const [expected, act] = scene
    expect(message).toContain(expected)
    this.lines.push(`? ${message}`)
    if ('leave' in act) throw act.leave
    return act
  }
}
