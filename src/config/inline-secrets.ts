import type { Finding } from './mistake.js'

const namesSecret = /(^|_)(SECRET|SECRET_KEY|PASSWORD|PASSWD|PASSPHRASE|TOKEN|API_?KEY|PRIVATE_KEY)$/i

/** `postgres://shop:hunter2@db/shop` */
export const holdsPassword = /:\/\/[^/\s:@]*:[^/\s@]+@/

/** The name of a setting decides whether its value is secret, or a URL with a password in it. */
export const isSecretSetting = (name: string, value: string): boolean =>
  value !== '' && (namesSecret.test(name) || holdsPassword.test(value))

/** Flags files end up in repositories, so a secret may only be referred to. What else is one only its owner knows. */
export const inlineSecrets = (flags: unknown): readonly Finding[] => {
  const settings =
    typeof flags === 'object' && flags !== null && 'settings' in flags && typeof flags.settings === 'object'
      ? flags.settings
      : null
  return Object.entries(settings ?? {})
    .filter(([name, value]) => typeof value === 'string' && isSecretSetting(name, value))
    .map(([name]) => ({
      path: ['settings', name],
      message: `must not be written out, it is a secret: write {env: ${name}} or {file: PATH}`,
    }))
}
