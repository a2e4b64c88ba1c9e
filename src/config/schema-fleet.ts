/** What a flags file says of a fleet. None of it is a setting of one host, so none of it is an option either. */
const fleetKeys: readonly string[] = ['hosts', 'groups', 'inventory']

type Mapping = Readonly<Record<string, unknown>>

const isMapping = (value: unknown): value is Mapping =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** What was read from a flags file, in two: what each of its hosts has, and which hosts these are. */
export interface Divided {
  readonly settings: unknown
  /** Undefined where the file names one host, or none. */
  readonly fleet: Mapping | undefined
}

export const divided = (value: unknown): Divided => {
  const entries = isMapping(value) ? Object.entries(value) : []
  const ofFleet = entries.filter(([key]) => fleetKeys.includes(key))
  if (ofFleet.length === 0) return { settings: value, fleet: undefined }
  return {
    settings: Object.fromEntries(entries.filter(([key]) => !fleetKeys.includes(key))),
    fleet: Object.fromEntries(ofFleet),
  }
}
