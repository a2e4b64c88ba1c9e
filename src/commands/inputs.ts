import { sha256 } from '../config/content-hash.js'
import type { Site } from '../core/site.js'

/** What a plan was made from, as hashes: tells which of it has changed since. Secrets are not part of it. */
export interface Inputs {
  readonly flagsFile: string
  readonly code: string
  readonly requirements: string
  /** Where the playbook is one of the user's. */
  readonly playbook?: string | undefined
}

/** `flagsFile`, `playbook`: the hashes of their texts. */
export const inputsOf = (flagsFile: string, { code, requirements }: Site, playbook?: string): Inputs => ({
  flagsFile,
  code: code.kind === 'folder' ? code.hash : code.path,
  requirements: sha256(JSON.stringify([requirements.file ?? null, requirements.text])),
  ...(playbook === undefined ? {} : { playbook }),
})

const names: Readonly<Record<keyof Inputs, string>> = {
  flagsFile: 'the flags file',
  code: "the application's code",
  requirements: "the application's requirements",
  playbook: 'the playbook',
}

/** In words, what is not the same; empty when all is. */
export const changedInputs = (then: Inputs, now: Inputs): string[] =>
  (['flagsFile', 'code', 'requirements', 'playbook'] as const)
    .filter((name) => then[name] !== now[name])
    .map((name) => names[name])
