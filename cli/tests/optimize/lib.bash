# SPDX-License-Identifier: GPL-3.0-or-later
# What brute force knows of a space, and how often `ringlab optimize` finds it.
#
# A space is three arrays: space (SCENARIO, options and --over), goal (--minimize or --maximize METRIC) and
# bounds (--subject-to ...).

# As certify.jq wants it: asked METRIC LEAST_OR_MOST; bounds from the program's own reading of them.
asked() {
	"$RINGLAB" optimize "${space[@]}" "${goal[@]}" "${bounds[@]}" --format json --requests 1000 -q |
		jq -c '.asked | {metric, goal: (if .goal == "minimize" then 1 else -1 end),
			bounds: [.subject_to[] | {metric, value, sign: (if .relation == "<" then 1 else -1 end)}]}'
}

# brute FIRST MOST: every configuration N times, N = FIRST, twice as many, ... until the best is certain.
# Sets BEST, BRUTE_REPS (of all configurations) and BRUTE_REQUESTS.
brute() {
	local n ask
	ask=$(asked)
	for ((n = $1; n <= $2; n *= 2)); do
		rm -f brute.db*
		"$RINGLAB" sweep "${space[@]}" -q --db brute.db --reps "$n" -j 2 2>/dev/null
		sqlite3 -json brute.db "SELECT config, metric, value, lo, hi FROM sweep_metrics" >brute.json
		BEST=$(jq --argjson goal "$(jq .goal <<<"$ask")" --arg metric "$(jq -r .metric <<<"$ask")" \
			--argjson bounds "$(jq .bounds <<<"$ask")" -f "$HERE/optimize/certify.jq" brute.json)
		[ "$BEST" = null ] || break
	done
	[ "$BEST" != null ] || { echo "$2 replications of each do not tell"; return 1; }
	read -r BRUTE_REPS BRUTE_REQUESTS < <(sqlite3 -separator ' ' brute.db "SELECT sum(reps), sum(requests) FROM sweep_results")
	POINT=$(sqlite3 brute.db "SELECT point FROM sweep_results WHERE config = $BEST")
	CONFIGS=$(sqlite3 brute.db "SELECT count(*) FROM sweep_results")
	EACH=$n
}

# repeat SEEDS OPTIONS...: one optimization a seed, 1 to SEEDS, into found: right, replications, requests
repeat() {
	local seeds=$1
	shift
	seq "$seeds" | xargs -P 2 -I SEED "$RINGLAB" optimize "${space[@]}" "${goal[@]}" "${bounds[@]}" "$@" \
		--seed SEED --format json -q --requests "$REQUESTS" >all.json
	jq -r --argjson best "$BEST" '"\(if .selected.config == $best then 1 else 0 end) " +
		"\(.manifest.replications) \(.manifest.requests)"' all.json >found
	[ "$(wc -l <found)" = "$seeds" ]
}

# judge WRONG SHARE: at most so many wrong, and at most that share of brute force's replications and requests
judge() {
	awk -v wrong="$1" -v share="$2" -v point="$POINT" -v reps="$BRUTE_REPS" -v requests="$BRUTE_REQUESTS" \
		-v configs="$CONFIGS" -v each="$EACH" '
	{ right += $1; r += $2; q += $3; if ($2 > most) most = $2 }
	END {
		printf "# best of %d: %s\n", configs, point
		printf "# brute force: %d of each, %d replications, %d requests\n", each, reps, requests
		printf "# optimize: %d of %d right; %.0f replications (%.2f %%), %.0f requests (%.2f %%) in the mean, %d at most\n",
			right, NR, r / NR, 100 * r / NR / reps, q / NR, 100 * q / NR / requests, most
		exit !(NR - right <= wrong && r / NR <= share * reps && q / NR <= share * requests)
	}' found >told || { cat told; return 1; }
	cat told >&"${OUT:-1}"
}
