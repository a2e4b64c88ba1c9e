import type { Tls } from '../../core/tls.js'

/** What is made for a site; nothing where certificate and key are the host's own. */
export const tlsPaths = ({ certificate, sent }: Tls): readonly string[] => (sent === undefined ? [] : [certificate])
