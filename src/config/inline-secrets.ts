import type { Finding } from './mistake.js'

const namesSecret = /(^|_)(SECRET|SECRET_KEY|PASSWORD|PASSWD|PASSPHRASE|TOKEN|API_?KEY|PRIVATE_KEY)$/i

/** `postgres://shop:hunter2@db/shop` */
export const holdsPassword = /:\/\/[^/\s:@]*:[^/\s@]+@/

/**
 * Flags files end up in repositories, so a secret may only be referred to. The name decides, or a URL with a password
 * in it; what else is secret only its owner knows.
 */
export const inlineSecrets = (flags: unknown): readonly Finding[] => {
  const settings =
    typeof flags === 'object' && flags !== null && 'settings' in flags && typeof flags.settings === 'object'
      ? flags.settings
      : null
  return Object.entries(settings ?? {})
    .filter(([name, value]) =>
      typeof value === 'string' ? value !== '' && (namesSecret.test(name) || holdsPassword.test(value)) : false,
    )
    .map(([name]) => ({
      path: ['settings', name],
      message: `must not stand in the flags file, it is a secret: write {env: ${name}} or {file: PATH}`,
    }))
}
