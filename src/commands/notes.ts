import type { Phase } from '../core/playbook.js'
import type { Survey } from '../engine/survey.js'

/** What the steps found worth telling of the host, each once. */
export const notesOf = (phases: readonly Phase[], { state }: Survey): readonly string[] => [
  ...new Set(phases.flatMap(({ steps }) => steps).flatMap((step) => step.notes?.(state.of(step.probes)) ?? [])),
]
