#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The Debian packages: made by cpack, unpacked into a root of their own, and what is in them run.
# once: it packs what was built
bats_require_minimum_version 1.5.0

setup_file() {
	export ROOT=$BATS_FILE_TMPDIR/root DEBS=$BATS_FILE_TMPDIR/debs
	mkdir "$ROOT"
	(cd "$RL_BUILD" && cpack -G DEB -B "$DEBS" -D CPACK_DEBIAN_COMPRESSION_TYPE=gzip) >"$BATS_FILE_TMPDIR/log" 2>&1 || { cat "$BATS_FILE_TMPDIR/log" >&2; false; }
	for d in "$DEBS"/*.deb; do dpkg -x "$d" "$ROOT"; done
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
}

# field PACKAGE NAME
field() { dpkg-deb -f "$DEBS/$1"_*.deb "$2"; }

@test "a package a component, with the libraries that each needs" {
	for p in ringlab libringlab0 libringlab-dev; do [ -s "$DEBS/$p"_*.deb ]; done
	depends=$(field ringlab Depends)
	echo "$depends"
	for l in libc6 libfyaml0 libgsl27 libjansson4 libsmartcols1 libsqlite3-0 liburing2; do
		[[ $depends =~ (^|, )$l( |,|$) ]] || { echo "no $l"; false; }
	done
	[[ $depends != *openmpi* && $(field libringlab0 Depends) != *sqlite* ]]
	[[ $(field libringlab-dev Depends) == *"libringlab0 (= $(field ringlab Version))"* ]]
	dpkg-deb --ctrl-tarfile "$DEBS"/libringlab0_*.deb | tar -xOf - ./shlibs | grep -q '^libringlab 0 libringlab0'
	dpkg-deb --ctrl-tarfile "$DEBS"/libringlab0_*.deb | tar -xOf - ./triggers | grep -q '^activate-noawait ldconfig'
	for p in ringlab libringlab0 libringlab-dev; do
		[ -s "$ROOT/usr/share/doc/$p/copyright" ]
		gunzip -c "$ROOT/usr/share/doc/$p/changelog.gz" | dpkg-parsechangelog -l - -S Version | grep -qx "$(field $p Version)"
		[[ $(field $p Description) != *"$(field $p Description | head -1)"$'\n'*"$(field $p Description | head -1)"* ]]
		[ -n "$(field $p Maintainer)" ]
		[[ $(field $p Description) == *$'\n'* ]]
	done
	[ -z "$(dpkg-deb -c "$DEBS"/ringlab_*.deb | grep -v 'root/root')" ]
}

@test "the program of the package runs and finds its data" {
	export PATH=$ROOT/usr/bin:$PATH
	[ "$(command -v ringlab)" = "$ROOT/usr/bin/ringlab" ]
	run -0 ringlab --version
	[ "$output" = "ringlab $(field ringlab Version)" ]
	ringlab simulate "$ROOT/usr/share/ringlab/data/scenarios/one-core.yaml" --format json |
		jq -S 'del(.manifest)' >packed
	"$RINGLAB" simulate "$RL_SOURCE/data/scenarios/one-core.yaml" --format json | jq -S 'del(.manifest)' | cmp - packed
	run ringlab validate --platform published-persistent-grants-2012-10 --format csv
	[ "$status" -le 1 ]
	[ ${#lines[@]} -gt 2 ]
	for f in share/man/man1/ringlab-simulate.1.gz share/man/man5/ringlab-scenario.5.gz \
		share/bash-completion/completions/ringlab share/man/man3/ringlab_simulate.3.gz include/ringlab.h; do
		[ -s "$ROOT/usr/$f" ] || { echo "no $f"; false; }
	done
}
