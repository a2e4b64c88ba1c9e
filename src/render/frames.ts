import {
  DefaultRenderer,
  Listr,
  ListrDefaultRendererLogLevels as Level,
  ListrTaskState as TaskState,
  Spinner,
  type ListrTaskObject,
} from 'listr2'
import type { Colours } from './colour.js'
import { titleOf, type Frames, type Row } from './rows.js'
import type { Signs } from './signs.js'

type Renderer = typeof DefaultRenderer
type List = Listr<unknown, Renderer, Renderer>
type Task = ListrTaskObject<unknown, Renderer, Renderer>

interface Shown {
  readonly task: Task
  readonly parts: List
}

/** Lines as they are: where to cut them is known when they are drawn. */
class UncutRenderer extends DefaultRenderer {
  protected override format(message: string, icon: string, level: number): string[] {
    return message === '' ? [] : [`${'  '.repeat(level)}${icon} ${message}`]
  }
}

class SignSpinner extends Spinner {
  protected override readonly spinner: string[]

  constructor(signs: readonly string[]) {
    super()
    this.spinner = [...signs]
  }
}

const stateOf: Readonly<Record<Row['state'], TaskState>> = {
  waiting: TaskState.WAITING,
  running: TaskState.STARTED,
  same: TaskState.SKIPPED,
  done: TaskState.COMPLETED,
  failed: TaskState.FAILED,
}

const look = (signs: Signs, { dim, cyan, green, red }: Colours) => ({
  icon: {
    [Level.PENDING]: signs.open,
    [Level.WAITING]: signs.waiting,
    [Level.COMPLETED]: signs.done,
    [Level.COMPLETED_WITH_FAILED_SUBTASKS]: signs.failed,
    [Level.COMPLETED_WITH_FAILED_SISTER_TASKS]: signs.waiting,
    [Level.FAILED]: signs.failed,
    [Level.FAILED_WITH_FAILED_SUBTASKS]: signs.failed,
    [Level.SKIPPED_WITH_COLLAPSE]: signs.same,
    [Level.OUTPUT]: signs.heard,
  },
  color: {
    [Level.PENDING]: (text = '') => cyan(text),
    [Level.WAITING]: (text = '') => dim(text),
    [Level.COMPLETED]: (text = '') => green(text),
    [Level.COMPLETED_WITH_FAILED_SUBTASKS]: (text = '') => red(text),
    [Level.COMPLETED_WITH_FAILED_SISTER_TASKS]: (text = '') => dim(text),
    [Level.FAILED]: (text = '') => red(text),
    [Level.FAILED_WITH_FAILED_SUBTASKS]: (text = '') => red(text),
    [Level.SKIPPED_WITH_COLLAPSE]: (text = '') => dim(text),
    [Level.OUTPUT]: (text = '') => dim(text),
  },
})

const options = {
  renderer: DefaultRenderer,
  fallbackRenderer: DefaultRenderer,
  registerSignalListeners: false,
} as const

const listOf = (parent?: Task): List => new Listr<unknown, Renderer, Renderer>([], options, parent)

const everyOf = (rows: readonly Row[]): readonly Row[] => rows.flatMap((row) => [row, ...everyOf(row.rows)])

/**
 * Listr's tasks as they would be if Listr ran them, and its default renderer to make lines of them. Nothing is run:
 * their state comes from our events, so that a run is shown in the same way while it happens and when it is played back.
 */
class ListrFrames implements Frames {
  readonly #list = listOf()
  readonly #shown = new Map<Row, Shown>()
  readonly #spinner: Spinner
  readonly #renderer: UncutRenderer

  constructor(signs: Signs, colours: Colours) {
    this.#spinner = new SignSpinner(signs.running)
    this.#renderer = new UncutRenderer(
      this.#list.tasks,
      {
        ...look(signs, colours),
        spinner: this.#spinner,
        collapseSubtasks: false,
        showErrorMessage: false,
        showSkipMessage: false,
      },
      this.#list.events,
    )
  }

  lines(rows: readonly Row[]): readonly string[] {
    this.#forget(new Set(everyOf(rows)))
    const known = this.#shown.size
    for (const row of rows) this.#show(row, this.#list)
    // what has come last may stand first
    this.#list.tasks.splice(0, Infinity, ...rows.flatMap((row) => this.#shown.get(row)?.task ?? []))
    // the renderer hears what a task has to say from its second frame on
    if (this.#shown.size > known) this.#renderer.create()
    for (const [{ heard, state }, { task }] of this.#shown) {
      // it has let go of what it heard of a task that has ended
      if (heard !== undefined && state === 'running') task.output$ = heard
    }
    return this.#renderer.create().split('\n')
  }

  /** What is not among the rows any more. */
  #forget(rows: ReadonlySet<Row>): void {
    for (const row of this.#shown.keys()) if (!rows.has(row)) this.#shown.delete(row)
  }

  spin(): void {
    this.#spinner.spin()
  }

  #show(row: Row, list: List): void {
    const { task, parts } = this.#shown.get(row) ?? this.#add(row, list)
    task.state$ = stateOf[row.state]
    task.title$ = titleOf(row)
    for (const part of row.rows) this.#show(part, parts)
  }

  #add(row: Row, list: List): Shown {
    list.add({ title: row.title, task: () => undefined })
    const task = list.tasks.at(-1)
    if (task === undefined) throw new TypeError('a list has the task that was added to it')
    // otherwise found out when Listr runs it
    task.isEnabled = () => true
    const parts = listOf(task)
    task.subtasks = parts.tasks
    const shown = { task, parts }
    this.#shown.set(row, shown)
    return shown
  }
}

export const frames = (signs: Signs, colours: Colours): Frames => new ListrFrames(signs, colours)
