import type { CommonFlags, WithSettings } from './options.js'

export interface QueueFlags extends CommonFlags {
  readonly queue?: string
}

export type AttachFlags = QueueFlags

export interface BoardFlags extends QueueFlags {
  readonly port?: number
  readonly address?: string
}

export interface WorkerFlags extends QueueFlags {
  readonly directory?: string
  readonly parallel?: number
  readonly playbook?: string
  /** Seconds. */
  readonly lockWait?: number
}

export type QueueOptions = WithSettings<QueueFlags>
export type AttachOptions = WithSettings<AttachFlags>
export type BoardOptions = WithSettings<BoardFlags>
export type WorkerOptions = WithSettings<WorkerFlags>
