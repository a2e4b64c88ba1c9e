/** One line of the live view, and what belongs to it. */
export interface Row {
  title: string
  state: 'waiting' | 'running' | 'same' | 'done' | 'failed'
  /** How long it has been running, or took. */
  time: string
  /** Of the command that runs. */
  percent?: number | undefined
  /** The last that was heard of it, shown below it while it runs. */
  heard?: string
  readonly rows: Row[]
}

export const row = (title: string, state: Row['state'] = 'running'): Row => ({ title, state, time: '', rows: [] })

/** Makes lines out of rows, anew for each frame: `icon title<TAB>time`. */
export interface Frames {
  lines(rows: readonly Row[]): readonly string[]
  /** Moves what moves because time passes. */
  spin(): void
}

/** What stands behind the tab is never cut. */
export const titleOf = ({ title, time, percent }: Row): string => {
  const end = [...(percent === undefined ? [] : [`${Math.floor(percent)} %`]), ...(time === '' ? [] : [time])].join(
    ', ',
  )
  return end === '' ? title : `${title}\t${end}`
}
