# SPDX-License-Identifier: MIT
# What a cell may say here, in place of the rig's functions of the same names: there is no stock pair, a device lies in
# memory or in a file, and the two sides have a CPU each. Sourced by run after the rig's lib/cells.bash.
# shellcheck shell=bash disable=SC2034,SC2154

# check_driver COLUMN SIDE VALUE: "rl:POLICY[:opt=val,..]"
check_driver() {
	local policy='^rl:[a-z][a-z0-9_]*(:[a-z][a-z0-9_]*=[A-Za-z0-9_.-]+(,[a-z][a-z0-9_]*=[A-Za-z0-9_.-]+)*)?$'
	[[ $3 =~ $policy ]] ||
		cell_error "$1" "bad $2 driver '$3' (expected rl:POLICY[:option=value,..]; the hosted pair has no stock driver)"
}

# check_cpus COLUMN VALUE: two CPUs that this process may use
check_cpus() {
	local cpu
	[[ $2 =~ ^[0-9]{1,4},[0-9]{1,4}$ ]] || {
		cell_error "$1" "bad value '$2' of cpus (expected FRONT,BACK, e.g. 0,1)"
		return
	}
	for cpu in ${2/,/ }; do
		taskset -c "$cpu" true 2>/dev/null ||
			cell_error "$1" "CPU $cpu cannot be used (expected one of $(taskset -cp $$ | sed 's/.*: //'))"
	done
}

# check_awake COLUMN KEY VALUE: 0, or 1 where the kernel lets this process ask for it
check_awake() {
	check_choice "$@" 0 1
	[ "$3" = 0 ] || [ -w /dev/cpu_dma_latency ] ||
		cell_error "$1" "/dev/cpu_dma_latency cannot be written (expected root, or no awake=1)"
}

# check_pair COLUMN KEY VALUE
check_pair() {
	case $2 in
	front | back) check_driver "$@" ;;
	device) check_choice "$@" null ram file ;;
	grants) check_choice "$@" persistent map ;;
	job) check_job "$@" ;;
	cpus) check_cpus "$1" "$3" ;;
	timeout) check_number "$@" 1 86400 ;;
	trace) check_number "$@" 0 4194304 ;;
	awake) check_awake "$@" ;;
	front_args) check_arguments "$@" ;;
	*) cell_error $(($1 - ${#2} - 1)) "unknown key '$2' (expected front, back, device, grants, job, cpus, awake, timeout, trace or front_args)" ;;
	esac
}

# write_cell DIR TEXT: what run_cell needs of the cell just parsed; values are checked, so plain assignments are safe
write_cell() {
	local key cpus
	cpus=$(default_cpus)
	mkdir -p "$1"
	echo "$2" >"$1/cell.txt"
	cp "$(dirname "$cells_file")/${cell[job]}" "$1/job.fio"
	{
		echo "device=null grants=persistent timeout=900 trace=0 awake=0 front_args= cpus=$cpus"
		for key in name front back device grants timeout trace awake front_args cpus; do
			[ -z "${cell[$key]+x}" ] || echo "$key=${cell[$key]}"
		done
	} >"$1/env"
}

# default_cpus: one for each side, as far as there are two
default_cpus() {
	local list
	list=$(taskset -cp $$ | sed 's/.*: //' | tr ',' '\n' |
		while IFS=- read -r low high; do seq "$low" "${high:-$low}"; done | sed -n 1,2p | paste -sd ,)
	[[ $list == *,* ]] && echo "$list" || echo "$list,$list"
}
