# SPDX-License-Identifier: GPL-3.0-or-later
# Machines that are saved once everything waits for the first death (dom0/dom0-prepare), so that a boot and the boots of all
# standbys are paid for once a change of the backend, and the frontend's loading once a change of that. Sourced by kills,
# after boot.bash.
# shellcheck shell=bash disable=SC2154,SC2034,SC2015

# fill_in: what dom0 finds in /in, but for the kills
fill_in() {
  mkdir -p "$work/in"
  if [ "$pair" = ours ]; then
    strip --strip-debug -o "$work/in/rlfront.ko" "$rlfront"
    strip --strip-debug -o "$work/in/rlback.ko" "$rlback"
  fi
  echo "$pair" > "$work/in/pair"
  echo "cache_outlives=1" > "$work/in/back_args"
  if [ "$with_faults" = 1 ]; then
    strip --strip-debug -o "$work/in/foedom.ko" "$foedom"
    echo "cache_outlives=1,watchdog=3" > "$work/in/back_args"
  fi
  cp "$here"/dom0/dom0-* "$work/in/"
  cp "$supervise" "$work/in/rl-supervise"
  "$here/strike/build" "$work/in/strike"
  "${CC:-gcc}" -std=gnu11 -D_GNU_SOURCE -O2 -Wall -Wextra -Werror -o "$work/judge" "$here/judge/judge.c"
  echo "$standby_mb" > "$work/in/standby_mb"
}

# prepared_file STANDBYS [GRANTS]: where such a machine is kept: what it is made of is part of its name
prepared_file() {
  machine_arguments "$work/in" "$out"
  echo "$images/prepared-$({
    qemu-system-x86_64 --version
    echo "${machine[@]}" "$xen_line" "$dom0_line" "$@" "$standby_mb"
    [ "$pair" = stock ] || sha256sum "$work/in/rlback.ko" ${2:+"$work/in/rlfront.ko"} | cut -d' ' -f1
    [ "$with_faults" = 0 ] || sha256sum "$work/in/foedom.ko" | cut -d' ' -f1
    sha256sum "$work/in/pair" "$work/in/back_args" "$here"/dom0/dom0-{prepare,cells,loss} | cut -d' ' -f1
  } | sha256sum | cut -c 1-16)"
}

# save_prepared FILE: the machine that runs, when it says that it may be saved
save_prepared() {
  if await "$work/console" '^RIG (PREPARED|FAIL)' && grep -q '^RIG PREPARED' "$work/console"; then
    save_machine "$1"
  else
    show_consoles "no machine to save: $(cat "$out/ended" 2> /dev/null || tail -n 1 "$out/progress")"
    stop_boot
    return 1
  fi
}

# prepare_standbys STANDBYS FILE: boots, and saves the machine when the standbys are there
prepare_standbys() {
  echo "kills: booting once to save a machine with $1 standbys" >&2
  date +%s > "$work/in/date"
  { echo "cp -r /in /run/kit"; echo "exec sh /run/kit/dom0-prepare $1"; } > "$work/in/dom0-run"
  fresh=1 # saved once, when it is ready: not twice
  if ! start_machine; then
    show_consoles "the boot for the saved machine failed"
    stop_boot
    return 1
  fi
  echo go >&"$com_in"
  save_prepared "$2"
}

# prepare STANDBYS GRANTS FILE: the same with the frontend, connected
prepare() {
  local standing
  standing=$(prepared_file "$1")
  rm -f "$out/ended"
  [ -e "$standing" ] || prepare_standbys "$1" "$standing" || return 1
  machine_arguments "$work/in" "$out"
  take_up "$standing" || { stop_boot; return 1; }
  echo "front $2" >&"$com_in"
  save_prepared "$3"
}
