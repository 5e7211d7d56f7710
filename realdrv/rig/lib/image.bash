# SPDX-License-Identifier: GPL-3.0-or-later
# Pieces of an image: a kernel out of its wrapping, programs with the libraries they need, an archive.
# Sourced by build and by realdrv/xl/ramdisks.
# shellcheck shell=bash disable=SC2054

# u32 FILE OFFSET: a little-endian number out of a binary
u32() { od -An -tu4 -j "$2" -N 4 "$1" | tr -d ' '; }

# extract_kernel VMLINUZ OUTPUT: the ELF image inside a bzImage. Unpacking xz under emulation takes minutes a domain.
extract_kernel() {
  local sectors at bytes
  sectors=$(od -An -tu1 -j $((0x1f1)) -N 1 "$1" | tr -d ' ')
  at=$(((sectors + 1) * 512 + $(u32 "$1" $((0x248)))))
  bytes=$(u32 "$1" $((0x24c)))
  dd if="$1" iflag=skip_bytes,count_bytes skip="$at" count=$((bytes - 4)) bs=1M status=none | xz -dc --single-stream > "$2" # the last 4 bytes are the size
  [ "$(head -c 4 "$2" | od -An -tx1)" = ' 7f 45 4c 46' ] || { echo "build: no ELF image inside $1" >&2; return 1; }
}

# copy_with_libraries ROOT TARGET BINARY...: programs of an extracted root, and every library that they need
copy_with_libraries() {
  local root=$1 target=$2 path need hit dir
  shift 2
  local todo=("$@") dirs=(lib/x86_64-linux-gnu usr/lib/x86_64-linux-gnu)
  while [ ${#todo[@]} -gt 0 ]; do
    path=${todo[-1]}
    unset 'todo[-1]'
    [ ! -e "$target/$path" ] || continue
    mkdir -p "$target/$(dirname "$path")"
    cp -L "$root/$path" "$target/$path"
    while read -r need; do
      case $need in ld-linux*) continue ;; esac
      hit=
      for dir in "${dirs[@]}"; do
        if [ -e "$target/$dir/$need" ]; then continue 2; fi # a place holder is there already
        if [ -e "$root/$dir/$need" ]; then hit=$dir/$need; break; fi
      done
      [ -n "$hit" ] || { echo "build: $path needs $need, which the root does not hold" >&2; return 1; }
      todo+=("$hit")
    done < <(objdump -p "$root/$path" | sed -n 's/^ *NEEDED *//p')
  done
}

# place_holder FIO SONAME OUTPUT [PREFIX]: a library that has the names that fio wants of SONAME (those that begin with
# PREFIX, where it has no symbol versions), each of which aborts. Debian's fio is linked against ceph, gluster and others, 60 MB
# to load and bind at every start, for engines that no job here can use; the binary itself stays Debian's.
place_holder() {
  local name version source map=()
  source=$(mktemp -d)
  echo 'void abort(void);' > "$source/holder.c"
  holder_names() { # holder_names VERSION PATTERN
    objdump -T "$1" | awk -v v="$2" -v p="^$3" '/UND/ && $(NF-1) == v && $NF ~ p { print $NF }'
  }
  while read -r version; do
    echo "$version { global:" >> "$source/map"
    while read -r name; do
      echo "void $name(void); void $name(void) { abort(); }" >> "$source/holder.c"
      echo "  $name;" >> "$source/map"
    done < <(holder_names "$1" "($version)" .)
    echo '};' >> "$source/map"
    map=(-Wl,--version-script="$source/map")
  done < <(objdump -p "$1" | awk -v want="from $2:" '/required from/ { on = index($0, want); next } on && NF == 4 { print $4 }')
  if [ -n "${4:-}" ]; then
    holder_names "$1" Base "$4" | while read -r name; do
      echo "void $name(void); void $name(void) { abort(); }"
    done >> "$source/holder.c"
  fi
  gcc -w -shared -fPIC -fno-builtin -o "$3" -Wl,-soname,"$2" "${map[@]}" "$source/holder.c"
  rm -r "$source"
}

# hold_places FIO DIR: such libraries in DIR, for all that Debian's fio is linked against and no job here can use
hold_places() {
  local soname
  mkdir -p "$2"
  for soname in libgfapi.so.0 libnbd.so.0 libibverbs.so.1 librdmacm.so.1 libpmemblk.so.1 libpmem.so.1; do
    place_holder "$1" $soname "$2/$soname"
  done
  place_holder "$1" librados.so.2 "$2/librados.so.2" rados_
  place_holder "$1" librbd.so.1 "$2/librbd.so.1" rbd_
}
