#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# From a bare Debian 12 to an answer, in one command and without a question: installs
# what the build needs, builds, loads the measured runs that come with the source, fits
# the costs to some of them, predicts the others, and says when to spin.
#
#   ./demo.sh [DIR]     DIR: where database, figures and report go (default: out/demo)
#
#   RINGLAB=PROGRAM     a program that is built: neither packages nor a build
#   RINGLAB_RUNS=DIR    runs in place of data/measured
#
# Needs neither QEMU nor Xen: the runs were measured with realdrv/rig and lie in data/measured.
# Exit: 0 done, 1 the predictions are outside the tolerances that were fixed beforehand.
set -euo pipefail
cd "$(dirname "$0")"

out=${1:-out/demo}
bin=${RINGLAB:-$PWD/build/release/ringlab}
runs=${RINGLAB_RUNS:-data/measured}
outside=0
links=()

step() { printf '\n== %s\n\n' "$*"; }

build() {
	./packages.sh build
	mkdir -p build
	{ cmake --preset release && cmake --build --preset release; } >build/release.log 2>&1 ||
		{ tail -40 build/release.log; exit 1; }
}

# validate PLATFORM: every held-out cell, then what they say together.
validate() {
	"$bin" validate --db "$db" --platform "$1" || {
		[ $? = 1 ] || exit 1
		outside=1
	}
}

if [ -z "${RINGLAB:-}" ]; then
	step "packages that building needs, and the build"
	build
fi
"$bin" --version
mkdir -p "$out"
out=$(cd "$out" && pwd)
db=$out/demo.db
rm -f "$db"*

step "load the measured runs of $runs"
"$bin" import --db "$db" "$runs"
# some machines have runs that calibrate nothing: they are shown as they were measured
platforms=$("$bin" list platforms --db "$db" --format csv | awk -F, 'NR > 1 && $4 > 0 { print $1 }')

for p in $platforms; do
	step "$p: fit the costs to the cells marked for calibration"
	"$bin" calibrate --db "$db" --platform "$p" --save "$p"
	step "$p: predict the held-out cells, which no fit has seen"
	validate "$p"
done

step "what others would do: policies over depths, simulated"
"$bin" sweep data/scenarios/two-cores.yaml --db "$db" --params xen-qemu-parallel --name policies -j"$(nproc)" \
	--over back_policy=event,spin,spin_block,poll_port --over job.iodepth=1:32:*2

step "event or spin?"
# without the tools for its simulator (./packages.sh page) there is no page to play with
if "$bin" explore data/scenarios/two-cores.yaml --db "$db" --params xen-qemu-parallel --report report.html -o "$out/explore.html"; then
	links=(--explorer explore.html)
fi
"$bin" report --db "$db" -o "$out/report.html" --figures "$out/figures" --answer "${links[@]}"
[ $outside = 0 ] || printf '\nSome predictions are outside the tolerances (data/params/tolerances.csv), see above.\n'
printf '\nReport:   %s\nFigures:  %s\nDatabase: %s (try: %s list runs --db %s)\n' \
	"$out/report.html" "$out/figures" "$db" "$bin" "$db"
exit $outside
