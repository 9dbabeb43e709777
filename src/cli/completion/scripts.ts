/**
 * What shells source to complete calls. Each asks `longhaul complete` about the words as they are: what has been typed
 * is never evaluated.
 */

const bash = `# bash completion for longhaul: source <(longhaul completion bash)
_longhaul() {
	local reply directives
	mapfile -t reply < <(longhaul complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
	((\${#reply[@]})) || return
	directives=\${reply[-1]#:}
	unset 'reply[-1]'
	COMPREPLY=("\${reply[@]%%$'\\t'*}")
	((directives & 2)) && compopt -o nospace
	((directives & 4)) || compopt -o default
	return 0
}
complete -F _longhaul longhaul
`

const zsh = `# zsh completion for longhaul: source <(longhaul completion zsh), after compinit
_longhaul() {
	local -a reply candidates suffix
	local line directives
	reply=("\${(@f)$(longhaul complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
	directives=\${reply[-1]#:}
	for line in "\${(@)reply[1,-2]}"; do
		candidates+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
	done
	((directives & 2)) && suffix=(-S '')
	((directives & 4)) || _files
	_describe longhaul candidates $suffix
}
compdef _longhaul longhaul
`

const fish = `# fish completion for longhaul: longhaul completion fish | source
function __longhaul_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l reply (longhaul complete -- $words[2..] "$current" 2>/dev/null)
    string match --invert --regex '^:' -- $reply
    set -l directives (string match --regex --groups-only '^:(\\d+)' -- $reply)
    if test -n "$directives"; and test (math "bitand($directives, 4)") -eq 0
        __fish_complete_path "$current"
    end
end
complete --command longhaul --no-files --arguments '(__longhaul_complete)'
`

/** By the name of the shell. */
export const completionScripts: Readonly<Record<string, string>> = { bash, zsh, fish }
