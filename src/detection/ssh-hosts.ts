import type { Finding } from './project.js'
export const sshHosts = async (_file?: string): Promise<readonly Finding<string>[]> => Promise.resolve([])
