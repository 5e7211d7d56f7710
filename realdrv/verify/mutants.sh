# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# Ways to break core/ring.h, made at run time in a private copy; to be sourced.
#
#   mutants                 the names that must be seen by trace and by stress
#   mutants_order           those that only the trace can see on x86 (memory orders)
#   mutate NAME RING_H      prints the broken copy; fails when it would not differ
#
# SIDE-what: front or back.

MUTANTS="no-recheck no-producer-barrier no-consumer-barrier event-behind event-ahead late-arm early-event"

mutants() {
	local m

	for m in $MUTANTS; do printf 'back-%s\nfront-%s\n' "$m" "$m"; done
	printf '%s\n' hold-off-short hold-off-flat
}

mutants_order() {
	local m

	for m in relaxed-publish relaxed-look no-copy-fence; do printf 'back-%s\nfront-%s\n' "$m" "$m"; done
}

# within FUNCTION COMMANDS: a sed script that works in the body of one function only.
within() {
	printf '/^static inline .*[ *]%s(/,/^}/ { %s\n}\n' "$1" "$2"
}

# What a side calls its words: own_prod peer_event peer_prod own_event cons.
words_of() {
	if [ "$1" = front ]; then
		echo req_prod req_event rsp_prod rsp_event rsp_cons
	else
		echo rsp_prod rsp_event req_prod req_event req_cons
	fi
}

script_of() {
	local side=${1%%-*} what=${1#*-} peer_event peer_prod cons
	local look

	read -r _ peer_event peer_prod _ cons < <(words_of "$side")
	look="rl_ring_load_acquire(\\&r->shared->$peer_prod) != r->$cons"
	case $1 in
	hold-off-short) within rl_ring_must_notify 's/new - event)/new - event) + 1/' && return ;;
	hold-off-flat) within rl_ring_must_notify 's/return .*/return old < event \&\& event <= new;/' && return ;;
	esac
	case $what in
	no-recheck) within "rl_${side}_arm" 's/return .*/return 0;/' ;;
	no-producer-barrier) within "rl_${side}_publish" '/rl_ring_full_barrier/d' ;;
	no-consumer-barrier) within "rl_${side}_arm" '/rl_ring_full_barrier/d' ;;
	event-behind) within "rl_${side}_arm" 's/+ offset/+ offset - 1/' ;;
	event-ahead) within "rl_${side}_arm" 's/+ offset/+ offset + 1/' ;;
	late-arm)
		within "rl_${side}_arm" "s/__atomic_store_n/rl_bool late = $look;\\n\\t&/
			s/return .*/return late;/"
		;;
	early-event)
		within "rl_${side}_publish" "s/__atomic_load_n(.*RELAXED)/early/
			s/rl_ring_store_release/rl_u32 early = __atomic_load_n(\\&r->shared->$peer_event, __ATOMIC_RELAXED);\\n\\t&/"
		;;
	relaxed-publish)
		within "rl_${side}_publish" 's/rl_ring_store_release(\([^,]*\), new)/__atomic_store_n(\1, new, __ATOMIC_RELAXED)/'
		;;
	relaxed-look)
		within "rl_${side}_pending" 's/rl_ring_load_acquire(\([^)]*\))/__atomic_load_n(\1, __ATOMIC_RELAXED)/'
		;;
	no-copy-fence) within "rl_${side}_take" '/__atomic_signal_fence/d' ;;
	*) echo "mutants: error: unknown mutant '$1'" >&2; return 2 ;;
	esac
}

mutate() {
	local made

	made=$(sed -f <(script_of "$1") "$2") || return
	if [ "$made" = "$(cat "$2")" ]; then
		echo "mutants: error: '$1' changes nothing in $2 (expected ring.h as it was when this mutant was written)" >&2
		return 3
	fi
	printf '%s\n' "$made"
}
