/** Each asks `trails __complete` for lines of "value TAB meaning"; an empty answer leaves the place to file names. */
export const completionScripts = {
  bash: `_trails() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" line
  COMPREPLY=()
  while IFS= read -r line; do
    line="\${line%%$'\\t'*}"
    [[ "$line" == "$cur"* ]] && COMPREPLY+=("$line")
  done < <(trails __complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -o default -F _trails trails
`,
  zsh: `#compdef trails
_trails() {
  local -a found
  local line value meaning
  while IFS= read -r line; do
    value="\${line%%$'\\t'*}"
    meaning="\${line#*$'\\t'}"
    [[ "$meaning" == "$line" ]] && meaning=""
    found+=("\${value//:/\\\\:}\${meaning:+:$meaning}")
  done < <(trails __complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)
  if (( \${#found} )); then _describe trails found; else _files; fi
}
compdef _trails trails
`,
  fish: `function __trails_complete
  set -l words (commandline -opc) (commandline -ct)
  trails __complete -- $words[2..-1] 2>/dev/null
end
complete -c trails -f -n 'count (__trails_complete) >/dev/null' -a '(__trails_complete)'
`,
} as const;

export type Shell = keyof typeof completionScripts;

export const shells = Object.keys(completionScripts) as readonly Shell[];
