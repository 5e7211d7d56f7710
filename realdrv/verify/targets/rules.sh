# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# Takes one rule after the other out of what a fuzz target checks; to be sourced.
#
#   rules TARGET                lines of FILE|NAME, a removed rule each
#   without FILE NAME           prints FILE (from realdrv/) without that rule
#
# A rule that refuses in a line of its own is found by itself: a new one is tried without an
# edit here. NAME is then `N: the words it refuses with`. The others are sed scripts below.

extra() {
	case $1 in
	blkif) cat <<-'LIST' ;;
		core/blkif.c|range: sector behind the end|s/plan->sector > limits->capacity_sectors ||/0 ||/
		core/blkif.c|range: end behind the end|s/plan->sectors > limits->capacity_sectors - plan->sector/0/
		core/blkif.c|segments are not looked at|s/check_segments(req->seg, plan) \&\&//
		core/blkif.c|the range is not looked at|s/ \&\& check_range(limits, plan)//
		core/blkif.c|flush with data is not held to a write's rules|/rl_bool check_flush/,/^}/s/return check_transfer.*/return 1;/
		core/blkif.c|read_only concerns writes only|s/req->operation != RL_BLKIF_READ \&\&/req->operation == RL_BLKIF_WRITE \&\&/
		core/blkif.c|one sector less is counted|s/- s->first_sect + 1u/- s->first_sect/
		core/blkif.c|the id is not kept|/\.id = req->id/d
		core/blkif.c|the operation is not kept|/\.operation = req->operation/d
		core/blkif.c|discard: the range is not looked at|/rl_bool check_discard/,/^}/s/return check_range.*/return 1;/
		core/blkif.c|discard: the flags are its segments|/rl_bool check_discard/,/^}/s/plan->nr_segments = 0;//
		core/blkif.c|indirect: the operation is the slot's|/plan->operation = in.indirect_op/d
		core/blkif.c|indirect: the number of segments is another|/plan->nr_segments = in.nr_segments/d
		core/blkif.c|indirect: the list is another page|s/in.gref\[0\]/in.gref[1]/
		core/blkif.c|list: segments are not looked at|s/check_segments(seg, plan) \&\&//
		core/blkif.c|list: the range is not looked at|/rl_bool rl_blkif_check_list/,/^}/s/ \&\& check_range(limits, plan)//
		core/blkif.c|the last segment is not looked at|s/i < plan->nr_segments/i + 1 < plan->nr_segments/
		LIST
	hello) cat <<-'LIST' ;;
		hosted/hello.c|event channels are not looked at|s/if (!is_eventfd(fds\[i\]))/if (0)/
		hosted/hello.c|the last event channel is not looked at|s/i < nfds; i++)/i + 1 < nfds; i++)/
		hosted/hello.c|a long message is taken|s/(size_t)n == bytes \&\& !(h.msg_flags \& (MSG_TRUNC | MSG_CTRUNC))/n > 0/
		hosted/hello.c|descriptors of a bad message stay open|/while (got)/,/close(fds/d
		hosted/hello.c|no queue is a number of queues|s/h->queues < 1 ||//
		hosted/hello.c|no page is a ring|s/!h->ring_pages || //
		hosted/hello.c|a ring of more than 16 pages|s/h->ring_pages > 16 || //
		hosted/hello.c|a ring of three pages|s/ || (h->ring_pages \& (h->ring_pages - 1))//
		hosted/hello.c|no granted page|s/!h->pages || //
		hosted/hello.c|any number of granted pages|s/ || h->pages > RL_HELLO_MAX_PAGES//
		hosted/share.c|seals are not looked at|s/seals < 0 || (seals \& SEALS) != SEALS ||//
		hosted/share.c|one seal is enough|s/(seals \& SEALS) != SEALS/!(seals \& SEALS)/
		hosted/share.c|the size is not looked at|s/ || (size_t)st.st_size != bytes//
		hosted/share.c|refused memory stays open|/^int rl_share_attach/,/^}/{/^\tif (rc)$/,/close(fd);/d}
		LIST
	esac
}

files_of() {
	case $1 in
	blkif) echo core/blkif.c ;;
	hello) echo hosted/hello.c ;;
	esac
}

# Lines that refuse with words: the number, then the words.
refusals() {
	sed -nE '/^\t+return (refuse\(|")/ { =; s/.*"([^"]*)".*/\1/p }' "$RULES_ROOT/realdrv/$1" | paste -d: - -
}

rules() {
	local f

	for f in $(files_of "$1"); do
		refusals "$f" | sed "s|^|$f\||"
	done
	extra "$1" | cut -d'|' -f1,2
}

without() {
	local file=$RULES_ROOT/realdrv/$1 script made

	if [[ $2 =~ ^([0-9]+): ]]; then
		# Where the line is all that an `if` does, nothing; where a case falls to it, go on.
		script="${BASH_REMATCH[1]}s/return .*/$(refuse_by "$file" "${BASH_REMATCH[1]}")/"
	else
		script=$( (extra blkif; extra hello) | awk -F'|' -v f="$1" -v n="$2" \
			'$1 == f && $2 == n { sub(/^[^|]*\|[^|]*\|/, ""); print }')
	fi
	made=$(sed "$script" "$file")
	if [ -z "$script" ] || [ "$made" = "$(cat "$file")" ]; then
		echo "fuzz: error: removing '$2' changes nothing in $1 (expected the rules as they were when this was written)" >&2
		return 3
	fi
	printf '%s\n' "$made"
}

refuse_by() {
	if sed -n "$(($2 - 1))p" "$1" | grep -q 'default:'; then echo 'return 1;'; else echo ';'; fi
}
