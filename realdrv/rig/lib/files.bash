# SPDX-License-Identifier: GPL-3.0-or-later
# Jobs on a file system instead of a bare disk, and what its check says. Sourced by kills.
# shellcheck shell=bash disable=SC2154

# fill_in_files DIR: an ext4 of 48 MiB, the modules that a guest needs for it, and what checks it
fill_in_files() {
  local static=${XDG_CACHE_HOME:-$HOME/.cache}/ringlab/e2fsck
  "$here/modules" "$1" crypto/crc32c_generic lib/crc16 fs/mbcache fs/jbd2/jbd2 fs/ext4/ext4
  if [ ! -x "$static" ]; then
    mkdir "$work/e2fsck"
    (cd "$work/e2fsck" && apt-get download -q e2fsck-static >&2 && dpkg -x e2fsck-static_*.deb .)
    install -D "$work/e2fsck/sbin/e2fsck.static" "$static.new" && mv "$static.new" "$static"
  fi
  cp "$static" "$1/e2fsck"
  truncate -s 48M "$work/ext4"
  mke2fs -q -t ext4 -J size=4 -E lazy_itable_init=0,lazy_journal_init=0 -U 1b4e28ba-2fa1-11d2-883f-0016d3cca427 "$work/ext4"
  gzip -9n < "$work/ext4" > "$1/ext4.gz"
}

# files_job: fio's part of a job on files, for make_jobs
files_job() {
  draw fsync 3
  case $fsync in 0) fsync=1 ;; 1) fsync=4 ;; *) fsync=16 ;; esac
  printf '%s\n' '[global]' "ioengine=$([ "$fsync" = 4 ] && echo libaio || echo psync)" thread=1 verify=crc32c do_verify=1 verify_fatal=1 \
    "randseed=$((1 + 100003 * $1 + $2))" "iodepth=$depth" "direct=$([ "$fsync" = 4 ] && echo 1 || echo 0)" \
    '[kill]' rw=randwrite nrfiles=4 size=2m numjobs=4 bssplit=4k/50:16k/30:64k/20 "fsync=$fsync"
}

# judge_files FOLDER: the check's word in the form of the ledger's: blocks of the file system in use, and what was found wrong
judge_files() {
  local blocks wrong=0
  blocks=$(sed -nE 's|.* files .*, ([0-9]+)/[0-9]+ blocks$|\1|p' "$1/fsck" | tail -n 1)
  [ "$(cat "$1/fsck.status")" = 0 ] || wrong=$(grep -cvE '^(e2fsck |Pass |$)' "$1/fsck")
  echo "judged ${blocks:-0}, wrong $wrong" > "$1/verdict"
}
