# SPDX-License-Identifier: GPL-3.0-or-later
# Rows {config, metric, value, lo, hi} of a sweep: which configuration is the best under constraints, if
# the intervals are twice as wide as those of 95 % (1.96 -> 3.92 standard errors: 99.99 % each, so that
# all of them together hold their means with more than 99 %). null: they cannot tell.
# $goal: 1 least, -1 most; $metric; $bounds: [{metric, value, sign}], sign 1: less than, -1: more than
def wide: (.hi - .lo) as $h | {lo: (.value - $h), hi: (.value + $h)};
def times($s): if $s < 0 then {lo: -.hi, hi: -.lo} else . end;
group_by(.config) | map(
	(map({key: .metric, value: wide}) | from_entries) as $m |
	[$bounds[] as $b | $m[$b.metric] | times($b.sign) |
		if .hi < $b.value * $b.sign then "keeps" elif .lo > $b.value * $b.sign then "breaks" else "?" end] as $c |
	{config: .[0].config, goal: ($m[$metric] | times($goal)),
		keeps: ($c | all(. == "keeps")), breaks: ($c | any(. == "breaks"))}) |
(map(select(.keeps)) | min_by(.goal.hi)) as $best |
if $best and all(.[]; .breaks or .config == $best.config or .goal.lo > $best.goal.hi)
then $best.config else null end
