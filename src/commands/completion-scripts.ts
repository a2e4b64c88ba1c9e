export const shells = ['bash', 'zsh', 'fish'] as const

export type Shell = (typeof shells)[number]

/**
 * Bash ends words behind `=` and `:` and in front of `@`, so the line is split here, and what would then stand in front
 * of the word is left out.
 */
const bash = String.raw`# bash completion of deploy-flask. In ~/.bashrc: source <(deploy-flask completion bash)
_deploy_flask() {
  local line="\${COMP_LINE:0:COMP_POINT}" breaks="\${COMP_WORDBREAKS//[^=:]/}" words typed begun='' value rest
  # with backslashes read as the shell does: a\ name is one word
  read -a words <<<"$line"
  [[ $line == *[[:space:]] ]] && words+=('')
  while [[ \${#words[@]} -gt 0 && \${words[0]} != "$1" ]]; do words=("\${words[@]:1}"); done
  typed=\${words[\${#words[@]}-1]}
  [[ -n $breaks ]] && begun=\${typed%"\${typed##*[$breaks]}"}
  [[ $COMP_WORDBREAKS == *@* && \${typed#"$begun"} == ?*@* ]] && begun=\${typed%"@\${typed##*@}"}
  COMPREPLY=()
  while IFS=$'\t' read -r value rest; do
    # with nothing to offer, bash completes files
    [[ $value == :files ]] && return
    COMPREPLY+=("\${value#"$begun"}")
  done < <("$1" __complete -- "\${words[@]:1}" 2>/dev/null)
  # macOS has a bash without it
  compopt +o default 2>/dev/null
}
complete -o default -F _deploy_flask deploy-flask
`

const zsh = String.raw`#compdef deploy-flask
# zsh completion of deploy-flask. In ~/.zshrc, behind compinit: source <(deploy-flask completion zsh)
_deploy_flask() {
  local -a found
  local value description
  while IFS=$'\t' read -r value description; do
    if [[ $value == :files ]]; then
      compset -P '--*='
      _files
      return
    fi
    found+=("\${value//:/\\:}\${description:+:$description}")
  done < <($words[1] __complete -- "\${(@Q)words[2,CURRENT-1]}" "\${(Q)PREFIX}" 2>/dev/null)
  _describe deploy-flask found
}
if [[ $funcstack[1] == _deploy_flask ]]; then
  _deploy_flask "$@"
else
  compdef _deploy_flask deploy-flask
fi
`

const fish = String.raw`# fish completion of deploy-flask: deploy-flask completion fish > ~/.config/fish/completions/deploy-flask.fish
function __deploy_flask_complete
    set -l words (commandline -opc) (commandline -ct)
    set -l found ($words[1] __complete -- $words[2..] 2>/dev/null)
    if test "$found[1]" = :files
        set -l begun (string match -r -- '^--[^=]*=' $words[-1])
        for file in (__fish_complete_path (string replace -r -- '^--[^=]*=' '' $words[-1] | string unescape))
            echo "$begun$file"
        end
    else if set -q found[1]
        printf '%s\n' $found
    end
end
complete -c deploy-flask -f -k -a '(__deploy_flask_complete)'
`

/** In a template, what begins with a dollar and a brace would be ours: there is a backslash in front of it. */
const asWritten = (script: string): string => script.replaceAll('\\${', '${')

export const completionScripts: Readonly<Record<Shell, string>> = {
  bash: asWritten(bash),
  zsh: asWritten(zsh),
  fish: asWritten(fish),
}
