import { z } from 'zod'
import { matching } from './fields.js'

const host = '([A-Za-z0-9][A-Za-z0-9._-]*|\\[[0-9A-Fa-f:.]+\\])'
const login = '([A-Za-z0-9_][A-Za-z0-9_.-]*@)?'
const port = '(:[1-9][0-9]{0,4})?'
const path = '[A-Za-z0-9~_.][A-Za-z0-9._~+@%=,/-]*'

/** By allow-list: git knows more ways to name a repository, some of which run a command that stands in the name. */
const forms = [
  new RegExp(`^https://${host}${port}/${path}$`),
  new RegExp(`^ssh://${login}${host}${port}/${path}$`),
  // as scp has it; one letter before the colon is a drive of Windows
  new RegExp(`^${login}[A-Za-z0-9][A-Za-z0-9._-]+:/?${path}$`),
]

const refusal = (url: string): string | undefined => {
  if (forms.some((form) => form.test(url))) return undefined
  if (/^[a-z+]*:\/\/[^/]*@/i.test(url) && !/^ssh:\/\/[^/:@]*@/i.test(url)) {
    return 'must not hold a user, password or token: git on this computer knows them from its credential helper or from ssh'
  }
  if (/^(http|git|ftps?):\/\//i.test(url))
    return 'must be https or ssh: otherwise anybody on the way can change the code'
  if (/^(file:|\/|\.|~)/i.test(url))
    return 'must not be on this computer: write code: {folder: PATH} for what lies here'
  return 'must be a repository by https or ssh: https://git.example.com/shop.git, git@git.example.com:shop.git'
}

/** What it was is not repeated: passwords stand in such URLs. */
export const gitUrl = z
  .string()
  .max(1024)
  .superRefine((url, context) => {
    const message = refusal(url)
    if (message !== undefined) context.addIssue({ code: 'custom', message })
  })

/** As git check-ref-format has it, and no expression such as main~2, which is one thing today and another tomorrow. */
export const gitRef = matching(
  /^(?!@$)(?!.*(\.\.|\/\/|@\{|\/\.|\.lock(\/|$)))[^\p{C}\p{Z}~^:?*[\\/.-][^\p{C}\p{Z}~^:?*[\\]*(?<![/.])$/u,
  'must be the name of a branch or tag, or a full commit: main, v1.2, refs/heads/main',
  200,
)
