import type { Event } from '../core/event.js'
import type { HostOutcome } from './outcome.js'

/** How many hosts have come to what. */
export interface FleetCounts {
  readonly changed: number
  readonly same: number
  readonly failed: number
  readonly notBegun: number
}

/** What goes on in a fleet. Hosts are named as the inventory names them. */
export type FleetEvent =
  /** What concerns one host; without a host what concerns all, such as fetching the code. */
  | { readonly type: 'event'; readonly host?: string; readonly event: Event }
  | { readonly type: 'fleet.start'; readonly site: string; readonly hosts: number }
  /** All hosts are looked at before anything is done, so that a person can agree to it. */
  | { readonly type: 'look.start'; readonly hosts: number }
  | { readonly type: 'look.done'; readonly milliseconds: number }
  | { readonly type: 'wave.start'; readonly wave: string; readonly hosts: number; readonly atOnce: number }
  /** Canaries are asked again: after so many seconds, in which nothing is done. */
  | { readonly type: 'wave.check'; readonly wave: string; readonly hosts: number; readonly seconds: number }
  | { readonly type: 'wave.done'; readonly wave: string; readonly passed: boolean }
  | { readonly type: 'host.start'; readonly host: string }
  /** Nothing more is told of the host in this wave, but for a canary that is asked again. */
  | { readonly type: 'host.done'; readonly outcome: HostOutcome }
  | {
      readonly type: 'fleet.done'
      readonly hosts: FleetCounts
      readonly milliseconds: number
      readonly exitCode: number
    }

export type FleetEmit = (event: FleetEvent) => void
