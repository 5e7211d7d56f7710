# SPDX-License-Identifier: MIT
# One cell: a backend of its own, fio with the engine, and what both counted. Sourced by run.
# shellcheck shell=bash disable=SC2154

backend_pid='' refused=0

stop_backend() {
	[ -n "$backend_pid" ] || return 0
	kill "$backend_pid" 2>/dev/null || true
	wait "$backend_pid" 2>/dev/null || true
	backend_pid=''
}

# device_spec: the cell's device in rl-backend's words; all keep as much as the rig's disks
device_spec() {
	case $device in
	null) echo null ;;
	ram) echo ram:size=256m ;;
	file)
		truncate -s 256M "$to/disk"
		echo "file:$to/disk"
		;;
	esac
}

# keep_awake, let_sleep: while the first's word stands the kernel polls where it would halt a CPU
keep_awake() {
	[ "$awake" = 1 ] || return 0
	exec {latency}>/dev/cpu_dma_latency
	printf '\0\0\0\0' >&"$latency"
}
let_sleep() {
	[ "$awake" = 1 ] || return 0
	exec {latency}>&-
}

# start_backend CPU: true when its socket is there
start_backend() {
	local traced=()
	[ "$trace" = 0 ] || traced=(--trace "$work/back.trace" --trace-records "$trace")
	rm -f "$work/sock" "$work/back.stats" "$work"/back.trace*
	taskset -c "$1" "$backend" --listen "$work/sock" --device "$(device_spec)" --policy "${back#rl:}" \
		--cpus "$1" --stats "$work/back.stats" "${traced[@]}" 2>"$work/backend.log" &
	backend_pid=$!
	until [ -S "$work/sock" ]; do
		if ! kill -0 "$backend_pid" 2>/dev/null; then
			wait "$backend_pid" || [ $? != 3 ] || refused=1 # its word for bad input
			backend_pid=''
			return 1
		fi
		sleep 0.01
	done
}

# job_for_engine JOB: the job, with ioengine= changed and nothing else. Paths are relative, so that results do not name
# where they were made.
job_for_engine() {
	local pair pairs=()
	[ -z "$front_args" ] || IFS=, read -ra pairs <<<"$front_args"
	printf '%s\n' '[global]' 'ioengine=external:./ringlab.so' "front_policy=${front#rl:}" \
		"mapping=$([ "$grants" = map ] && echo 1 || echo 0)"
	for pair in "${pairs[@]}"; do echo "$pair"; done
	[ "$trace" = 0 ] || printf '%s\n' front_trace=front.trace "trace_records=$trace"
	grep -vE '^[[:space:]]*ioengine[[:space:]]*=' "$1"
}

# run_fio CPU: fio.json, fio.log, front.stats.N; returns fio's status
run_fio() {
	local code=0
	ln -sf "$engine" "$work/ringlab.so"
	job_for_engine "$to/job.fio" >"$work/run.fio"
	rm -f "$work"/front.stats.* "$work"/front.trace.* "$work/fio.out"
	(
		cd "$work"
		RINGLAB_SOCKET=./sock RINGLAB_FRONT_STATS=front.stats timeout -k 5 "$timeout" \
			taskset -c "$1" fio --output-format=json --output=fio.out run.fio >"$to/fio.log" 2>&1
	) || code=$?
	if [ -e "$work/fio.out" ]; then
		sed -n '/^{/,$p' "$work/fio.out" >"$to/fio.json"
		sed '/^{/,$d' "$work/fio.out" >>"$to/fio.log"
	fi
	return $code
}

# count NAME FILE...: a counter's sum
count() {
	local name=$1
	shift
	awk -v name="$name" '$1 == name { sum += $2 } END { printf "%.0f\n", sum }' "$@"
}

# longest FILE...: the time that the job which took longest was at it
longest() { awk '$1 == "now_ns" && $2 > max { max = $2 } END { printf "%.0f\n", max }' "$@"; }

# take_front: the jobs' counters as one side's
take_front() {
	local window
	window=$(longest "$work"/front.stats.*)
	awk '$1 != "now_ns" { if (!($1 in sum)) name[n++] = $1; sum[$1] += $2 }
		END { for (i = 0; i < n; i++) printf "%s %.0f\n", name[i], sum[name[i]] }' \
		"$work"/front.stats.* >"$to/front.stats"
	echo "now_ns $window" >>"$to/front.stats"
}

# take_back: the backend's, once it has parted from all jobs: it must have seen every request
take_back() {
	local requests n=0
	requests=$(count requests "$to/front.stats")
	until [ -e "$work/back.stats" ] && [ "$(count requests "$work/back.stats")" = "$requests" ]; do
		n=$((n + 1))
		if [ $n -gt 500 ]; then
			echo "run: cell $name: the frontend made $requests requests, the backend counted" \
				"$(count requests "$work/back.stats" 2>/dev/null || echo none)" >&2
			return 1
		fi
		sleep 0.01
	done
	cp "$work/back.stats" "$to/back.stats"
	echo "now_ns $(longest "$to/front.stats")" >>"$to/back.stats"
}

# take_traces: both sides of the ring; a job of fio is a ring, so of several the result would be a mixture
take_traces() {
	[ "$trace" != 0 ] || return 0
	if [ -e "$work/back.trace.2" ] || [ ! -e "$work/back.trace" ]; then
		echo "run: cell $name: $(find "$work" -name 'back.trace*' | wc -l) rings were traced (expected a job with numjobs=1)" >&2
		return 1
	fi
	cp "$work"/front.trace.* "$to/front.trace"
	cp "$work/back.trace" "$to/back.trace"
}

# take_cpu: CPU time of both sides while there was I/O, in the words of the rig
take_cpu() {
	printf '{"window_ns": %s,\n "cpu_ns": {"driver": %s, "guest": %s},\n "disk": {"read_sectors": %s, "write_sectors": %s}}\n' \
		"$(longest "$to/front.stats")" "$(count cpu_ns "$to/back.stats")" "$(count cpu_ns "$to/front.stats")" \
		"$(count fio_read_sectors "$to/front.stats")" "$(count fio_write_sectors "$to/front.stats")" >"$to/cpu.json"
}

# failed WHAT: says what, and what fio and the backend said
failed() {
	echo "run: cell $name: $1" >&2
	grep -hE 'error|err=' "$to/fio.log" 2>/dev/null | head -n 5 >&2 || true
	cat "$work/backend.log" >&2
	stop_backend
	let_sleep
	rm -rf "$to/disk"
	return 1
}

# run_cell FOLDER: the result's folder appears when it is whole, also when fio failed in it
run_cell() {
	local name front back device grants timeout trace awake front_args cpus to latency code=0
	# shellcheck disable=SC1091
	. "$1/env"
	to=$out/$name.partial
	rm -rf "$to"
	mkdir "$to"
	cp "$1/cell.txt" "$1/job.fio" "$to/"
	echo "run: cell $name ($done_count of $cells_count)" >&2
	cell_manifest "${cpus%,*}" "${cpus#*,}" "$awake" >"$to/manifest.json"
	keep_awake
	start_backend "${cpus#*,}" || { failed "the backend did not start" || return; }
	run_fio "${cpus%,*}" || code=$?
	let_sleep
	if [ $code = 0 ]; then
		take_front && take_back && take_cpu && take_traces || { failed "no result" || return; }
	fi
	echo "$code" >"$to/status"
	[ $code = 0 ] || failed "fio ended with status $code" || true
	stop_backend
	rm -rf "$to/disk" "${out:?}/$name"
	mv "$to" "$out/$name" || return
	[ $code = 0 ]
}
