# SPDX-License-Identifier: GPL-3.0-or-later
# Tables as the browser shows them against the page's data ($data): each text is its number, rounded to four digits.
def near(a; b): (a - b) | fabs <= 6e-4 * (b | fabs) + 1e-12;
def is(text; x; scale): if x == null then text == "–" else near((text | tonumber) * scale; x) or ((x | fabs) >= 1000 * scale and near((text | tonumber) * scale; x)) end;

$data[0] as $d | .values as $v
| [$d.metrics[][0]] as $metrics
| [("iops", "clat_mean_ns", "back_cpu_frac") as $m
	| ($metrics | index($m)) as $k
	| $v[$m].rows[1:][] as $row
	| $d.platforms[0].cells
	| map(select($d.policies[.[2]] == $row[0] and .[1] == 0 and .[3] == 4096 and .[4] == ($row[1] | tonumber)))
	| if length != 1 then {$row, error: "no such cell"} else
		.[0][7][$k] as $value | .[0][8][$k] as $predicted
		| ($row[2] | tonumber) as $text
		| ([1, 1e3, 1e6] | map(. * $text) | min_by((. - $value[0]) | fabs)) as $nearest
		| (if $text == 0 then 1 else $nearest / $text end) as $unit
		| select((is($row[2]; $value[0]; $unit) and is($row[3]; $value[1]; $unit) and is($row[4]; $value[2]; $unit) and is($row[5]; $predicted; $unit)) | not)
		| {$row, $value, $predicted}
	end] as $wrong
| ($v | [("iops", "clat_mean_ns", "back_cpu_frac") as $m | .[$m].rows | length - 1] | add) as $n
| {$n, $wrong}, ($n >= 20 and $wrong == [])
