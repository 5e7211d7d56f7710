# SPDX-License-Identifier: GPL-3.0-or-later
# The tables above come from the program. readline cuts words at = and :, so the line is cut at
# spaces here, and what stands before the last of them is taken off again.

# _ringlab_values KIND CUR: candidates for a value, whole as it would be typed
_ringlab_values() {
	local kind=$1 cur=$2 before=

	case $kind in
	*'|'*)
		kind=${kind//|/ }
		compgen -W "${kind//[^a-z0-9 _-]/ }" -- "$cur"
		;;
	PATH=*)
		case $cur in
		*=*) _ringlab_of_path "${cur%%=*}" "${cur#*=}" | while read -r v; do echo "${cur%%=*}=$v"; done ;;
		*) compgen -W "$_ringlab_paths" -- "$cur" ;;
		esac
		;;
	POLICY*) compgen -W "$_ringlab_policies" -- "$cur" ;;
	METRIC*)
		[[ $cur == *,* ]] && before=${cur%,*},
		compgen -P "$before" -W "$_ringlab_metrics" -- "${cur##*,}"
		;;
	VERB) compgen -W "$_ringlab_verbs" -- "$cur" ;;
	FILE* | DB* | DIR* | SCENARIO* | PATH*) compgen -f -- "$cur" ;;
	esac
}

# _ringlab_of_path PATH CUR: values of a scenario's field; of a list its last element
_ringlab_of_path() {
	local before=

	[[ $2 == *,* ]] && before=${2%,*},
	case $1 in
	front_policy | back_policy) compgen -P "$before" -W "$_ringlab_policies" -- "${2##*,}" ;;
	disk.device) compgen -P "$before" -W "$_ringlab_devices" -- "${2##*,}" ;;
	machine.scheduler) compgen -P "$before" -W "$_ringlab_schedulers" -- "${2##*,}" ;;
	job) compgen -f -- "$2" ;;
	esac
}

# _ringlab_candidates WORD...: for the last of the words
_ringlab_candidates() {
	local verb=${2-} cur=${!#} prev=${*: -2:1} option

	if [ $# -eq 2 ]; then
		compgen -W "$_ringlab_verbs help --help --version" -- "$cur"
	elif [ "$verb" = help ]; then
		[ $# -ne 3 ] || _ringlab_values VERB "$cur"
	elif [[ $cur == --*=* ]]; then
		option=${cur%%=*}
		_ringlab_values "${_ringlab_value["$verb $option"]-}" "${cur#*=}" |
			while read -r v; do echo "$option=$v"; done
	elif [[ $# -gt 3 && $prev == -* && $prev != *=* && -n ${_ringlab_value["$verb $prev"]-} ]]; then
		_ringlab_values "${_ringlab_value["$verb $prev"]}" "$cur"
	elif [[ $cur == -* ]]; then
		compgen -W "${_ringlab_options["$verb"]-}" -- "$cur"
	else
		_ringlab_values "${_ringlab_args["$verb"]-}" "$cur"
	fi
}

_ringlab() {
	local line=${COMP_LINE:0:COMP_POINT} words cur v i cut

	read -ra words <<<"$line"
	[[ $line == *[[:space:]] ]] && words+=("")
	cur=${words[-1]}
	COMPREPLY=()
	while read -r v; do COMPREPLY+=("$v"); done < <(_ringlab_candidates "${words[@]}")
	[[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *= ]] && compopt -o nospace
	cut=
	if [[ $COMP_WORDBREAKS == *[=:]* ]]; then cut=${cur%"${cur##*["${COMP_WORDBREAKS//[^=:]/}"]}"}; fi
	for i in "${!COMPREPLY[@]}"; do COMPREPLY[i]=${COMPREPLY[i]#"$cut"}; done
	# readline quotes names of files, and puts / behind those of folders
	if [ ${#COMPREPLY[@]} -gt 0 ] && [ -e "${COMPREPLY[0]}" ]; then compopt -o filenames; fi
}

complete -F _ringlab ringlab
