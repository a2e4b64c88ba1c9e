import { inspect } from 'node:util'

/**
 * A value that must never be shown. It has no string form but `[secret]`, so it cannot slip into an argv, a log, a
 * plan or JSON; it reaches the host through a command's stdin only.
 */
export class Secret {
  readonly #value: string

  constructor(value: string) {
    this.#value = value
  }

  reveal(): string {
    return this.#value
  }

  toString(): '[secret]' {
    return '[secret]'
  }

  toJSON(): '[secret]' {
    return '[secret]'
  }

  [inspect.custom](): '[secret]' {
    return '[secret]'
  }
}
