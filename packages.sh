#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Installs the Debian packages that a set of tasks needs, and says why. Does nothing
# when all of them are there, asks nothing, and touches nothing but apt.
#
#   packages.sh SET...     SET is one of: build page test rig paper
#
# Exit: 0 all there, 1 something is missing and could not be installed.
set -euo pipefail
cd "$(dirname "$0")"

say() { echo "packages: $*" >&2; }

# One package a line, then what it is for.
set_build() {
	cat <<'LIST'
gcc the compiler
libc6-dev headers of the C library
cmake the build
ninja-build the build
pkg-config finds libraries
libgsl-dev fitting and statistics
libsqlite3-dev the store
libfyaml-dev scenario files
libjansson-dev JSON in and out
libsmartcols-dev tables
liburing-dev the hosted backend on files
libopenmpi-dev sweeps on many machines
gnuplot-nox figures
LIST
}

set_test() {
	cat <<'LIST'
libcmocka-dev unit tests
bats tests of the command line
sqlite3 looks at stores from outside
openmpi-bin mpirun, for sweeps of several ranks
jq looks at JSON from outside
fio the oracle for job files, and the load on the hosted pair
dpkg-dev unpacks fio's source, for the engine that it loads; what our packages depend on
procps finds processes in tests
libxen-dev the reference for the ring's layout
clang-format holds the form of C files
spin checks the models of the ring
clang the fuzzers
libclang-rt-dev the fuzzers
nodejs runs the simulator for pages
chromium looks at pages, as a reader does
git the commit chooses what is measured again
dkms builds the modules as a user's system does
sparse looks over the modules
linux-source-6.1 its checkpatch.pl looks over the modules
mandoc manual pages
groff-base manual pages
LIST
	set_page
	set_paper
	# where nodejs is not Debian's, npm comes with it, and Debian's will not be beside it
	command -v npm >/dev/null || echo "npm fetches axe-core, which judges pages for people who cannot see, point or hear"
}

# What the page of `ringlab explore` is made with; without it the program is whole but for that.
set_page() {
	cat <<'LIST'
clang the simulator for pages (ringlab explore)
lld the simulator for pages: links WebAssembly
wasi-libc the simulator for pages: its C library
libclang-rt-dev-wasm32 the simulator for pages: 128-bit numbers
LIST
}

set_paper() {
	cat <<'LIST'
texlive-latex-base the paper
texlive-latex-recommended the paper
lmodern fonts of the paper
LIST
}

# What the rig runs on is the rig's own list; the modules need kernel headers.
set_rig() {
	realdrv/rig/packages | sed 's/$/ the rig: Xen under QEMU/'
	cat <<'LIST'
linux-headers-amd64 the kernel modules
make the kernel modules
kmod the kernel modules
xz-utils the kernel modules
LIST
}

installed() {
	[ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

as_root() {
	if [ "$(id -u)" = 0 ]; then
		env DEBIAN_FRONTEND=noninteractive "$@"
	else
		sudo -n env DEBIAN_FRONTEND=noninteractive "$@"
	fi
}

# Bare systems have no lists, old ones name files that are gone: update and try once more.
install() {
	local quiet=(-y -qq --no-install-recommends -o Dpkg::Use-Pty=0)

	if ! apt-get -s "${quiet[@]}" install "$@" >/dev/null 2>&1; then
		say "apt-get update (the package lists are missing or old)"
		as_root apt-get -qq update >&2 || return 1
	fi
	as_root apt-get "${quiet[@]}" install "$@" >/dev/null && return
	say "trying again with fresh package lists"
	as_root apt-get -qq update >&2 && as_root apt-get "${quiet[@]}" install "$@" >/dev/null
}

main() {
	local missing=() name why s

	[ $# -gt 0 ] || { say "usage: packages.sh build|page|test|rig|paper..."; exit 2; }
	for s in "$@"; do
		declare -F "set_$s" >/dev/null || { say "unknown set '$s'"; exit 2; }
		while read -r name why; do
			installed "$name" && continue
			[[ " ${missing[*]-} " == *" $name "* ]] && continue
			missing+=("$name")
			say "needs $name: $why"
		done < <("set_$s")
	done
	[ ${#missing[@]} -gt 0 ] || return 0
	if ! command -v apt-get >/dev/null; then
		say "error: this system has no apt-get; install by hand: ${missing[*]}"
		exit 1
	fi
	if [ "$(id -u)" != 0 ] && ! sudo -n true 2>/dev/null; then
		say "error: neither root nor sudo without a password; as root: apt-get install ${missing[*]}"
		exit 1
	fi
	say "installing ${#missing[@]} packages with apt-get"
	install "${missing[@]}" || { say "error: apt-get could not install: ${missing[*]}"; exit 1; }
	say "done"
}

main "$@"
