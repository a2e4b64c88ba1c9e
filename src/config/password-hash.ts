import { createHash } from 'node:crypto'

/** Apache pays this for every request that carries a password: about 15 ms. */
const cost = 8

/**
 * The bcrypt hash of a password. Its salt is made from the site and the login, so that an unchanged password gives an
 * unchanged file; a salt has to differ from login to login, not to be secret.
 */
export const passwordHash = async (site: string, user: string, password: string): Promise<string> => {
  const { default: bcrypt } = await import('bcryptjs')
  const bytes = createHash('sha256').update(`deploy-flask ${site} ${user}`).digest().subarray(0, 16)
  const salt = `$2b$${String(cost).padStart(2, '0')}$${bcrypt.encodeBase64(bytes, bytes.length)}`
  return (await bcrypt.hash(password, salt)).replace(/^\$2b/, '$2y')
}
