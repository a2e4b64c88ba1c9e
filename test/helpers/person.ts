import { setTimeout as sleep } from 'node:timers/promises'
import { execa } from 'execa'
import { Pane, type PaneOptions } from './tmux.js'

interface Place extends Omit<PaneOptions, 'tellsExit'> {
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
}

/** Somebody who looks at a terminal, and presses keys when something stands there. */
export class Person {
  readonly #pane: Pane
  #isOpen = true

  /**
   * @param argv the program that is started, and its arguments
   * @param place where it runs, and how large the terminal is
   */
  constructor(argv: readonly string[], { rows = 60, ...place }: Place) {
    this.#pane = new Pane(argv, { ...place, rows, tellsExit: true })
  }

  /** What stands there; `all`: with what was scrolled away; `colours`: with SGR sequences. */
  screen({ all = false, colours = false } = {}): string {
    return this.#pane.text({ history: all, styles: colours })
  }

  /** Names of keys, as tmux has them: Enter, Escape, Down, C-c; everything else is typed as it is. */
  press(...keys: readonly string[]): void {
    this.#pane.keys(...keys)
  }

  paste(text: string): void {
    this.#pane.paste(text)
  }

  /** Waits until it stands in the last lines: what is asked now stands there. */
  async see(wanted: RegExp, { lines = 12, seconds = 30 } = {}): Promise<string> {
    for (let tries = 0; tries < seconds * 20; tries += 1) {
      const screen = this.screen()
      if (wanted.test(screen.trimEnd().split('\n').slice(-lines).join('\n'))) return screen
      await sleep(50)
    }
    throw new Error(`${String(wanted)} is not to be seen:\n${this.screen()}`)
  }

  /** Process ids of the program. */
  async processes(): Promise<readonly number[]> {
    const { stdout } = await execa('pgrep', ['-P', String(this.#pane.pid())], { reject: false })
    return stdout.split('\n').filter(Boolean).map(Number)
  }

  /** The window is closed, which may have happened already. */
  close(): void {
    if (this.#isOpen) this.#pane.close()
    this.#isOpen = false
  }
}
