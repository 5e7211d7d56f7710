# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=sh disable=SC2154,SC2034
# The cells file: every line is read and checked before anything is touched. What a cell needs is then in
# work/cells/NUMBER: cell.txt, job.fio and env, plain assignments of checked values. Sourced by run.

# cell_error COLUMN TEXT
cell_error() {
  echo "$cells:$cell_line:$1: error: $2" >&2
  cells_bad=1
}

# check_side COLUMN KEY VALUE: "xen" or "rl:POLICY[:opt=val,..]"
check_side() {
  [ "$3" = xen ] || matches "$3" 'rl:[a-z][a-z0-9_]*(:[a-z][a-z0-9_]*=[A-Za-z0-9_.-]+(,[a-z][a-z0-9_]*=[A-Za-z0-9_.-]+)*)?' ||
    cell_error "$1" "bad $2 driver '$3' (expected xen or rl:POLICY[:option=value,..])"
}

# check_pair COLUMN KEY VALUE
check_pair() {
  case $2 in
    front | back) check_side "$@" ;;
    device) [ -n "$(target_of "$3")" ] || cell_error "$1" "no disk for device=$3 (expected --device $3=PATH)" ;;
    grants) [ "$3" = persistent ] || [ "$3" = map ] || cell_error "$1" "bad value '$3' of grants (expected persistent|map)" ;;
    timeout) matches "$3" '[1-9][0-9]{0,4}' || cell_error "$1" "bad value '$3' of timeout (expected seconds)" ;;
    job) check_job "$1" "$3" ;;
    *) cell_error $(($1 - ${#2} - 1)) "key '$2' is not for a real host (expected front, back, device, grants, job or timeout)" ;;
  esac
}

# seconds_of FILE KEY: a time of the job in seconds, rounded up
seconds_of() {
  sed -n "s/^$2=//p" "$1" | awk 'NR == 1 { n = $1 + 0; if ($1 ~ /ms$/) n /= 1000; else if ($1 ~ /us$/) n /= 1000000
    else if ($1 ~ /m$/) n *= 60; print int(n) < n ? int(n) + 1 : int(n) }'
}

# check_job COLUMN VALUE: a job that lasts a time, long enough to look at it
check_job() {
  path=$(dirname "$cells")/$2
  if [ ! -f "$path" ] || [ ! -r "$path" ]; then
    cell_error "$1" "cannot read the job '$2' (expected a fio job file, relative to the cells file)"
  elif ! grep -q '^time_based=1' "$path" || ! grep -q '^runtime=' "$path"; then
    cell_error "$1" "job '$2' does not end by the clock (expected time_based=1 and runtime=)"
  elif [ -z "$runtime" ] && [ "$(seconds_of "$path" runtime)" -lt 4 ]; then
    cell_error "$1" "job '$2' runs for less than 4 s (expected more, or --runtime SECONDS)"
  fi
}

# target_of LABEL: the driver domain's disk that --device names for it
target_of() {
  for word in $devices; do
    case $word in "$1"=*) echo "${word#*=}" ;; esac
  done | tail -n 1
}

# parse_cell TEXT: sets cell_name, front, back, device, grants, job, timeout
parse_cell() {
  rest=$1 column=1 cell_name='' front='' back='' device=null grants=persistent job='' timeout=900 keys=' '
  while :; do
    blank=${rest%%[! 	]*}
    rest=${rest#"$blank"} column=$((column + ${#blank}))
    [ -n "$rest" ] || break
    word=${rest%%[ 	]*}
    case $word in
      *=*) key=${word%%=*} ;;
      *) key='' ;;
    esac
    if [ -z "$cell_name" ]; then
      cell_name=$word
      matches "$word" '[A-Za-z0-9][A-Za-z0-9._-]{0,90}' || cell_error $column "bad name '$word' (expected letters, digits, . _ -)"
      case $names in *" $word "*) cell_error $column "name '$word' is taken (expected each once)" ;; esac
      names="$names$word "
    elif [ -z "$key" ] || [ -z "${word#*=}" ]; then
      cell_error $column "bad word '$word' (expected key=value)"
    else
      case $keys in *" $key "*) cell_error $column "$key= stands twice (expected once)" ;; esac
      keys="$keys$key "
      check_pair $((column + ${#key} + 1)) "$key" "${word#*=}"
      case $key in front | back | device | grants | job | timeout) eval "$key=\${word#*=}" ;; esac
    fi
    rest=${rest#"$word"} column=$((column + ${#word}))
  done
  for key in front back job; do
    case $keys in *" $key "*) ;; *) cell_error 1 "no $key= (expected NAME front= back= job= [device= grants=])" ;; esac
  done
  [ -n "$(target_of "$device")" ] || case $keys in *' device '*) ;; *) cell_error 1 "no disk for device=null (expected --device null=PATH)" ;; esac
}

# write_cell DIR TEXT
write_cell() {
  mkdir -p "$1"
  printf '%s\n' "$2" > "$1/cell.txt"
  if [ -n "$runtime" ]; then
    sed "s/^runtime=.*/runtime=${runtime}s/" "$(dirname "$cells")/$job" > "$1/job.fio"
  else
    cp "$(dirname "$cells")/$job" "$1/job.fio"
  fi
  echo "cell_name=$cell_name front=$front back=$back device=$device grants=$grants timeout=$timeout" > "$1/env"
}

# read_cells: false when any line is bad; all bad lines are named
read_cells() {
  cell_line=0 cells_count=0 cells_bad=0 names=' ' kinds=' '
  if [ ! -f "$cells" ] || [ ! -r "$cells" ]; then
    echo "$cells:1:1: error: cannot read it (expected a cells file)" >&2
    return 1
  fi
  while IFS= read -r text || [ -n "$text" ]; do
    cell_line=$((cell_line + 1))
    stripped=${text%%#*}
    [ -n "$(printf %s "$stripped" | tr -d ' \t')" ] || continue
    parse_cell "$stripped"
    [ $cells_bad = 0 ] || continue
    # what must be there: fronts and backs by kind, for the checks
    for kind in "front:${front%%:*}" "back:${back%%:*}"; do
      case $kinds in *" $kind "*) ;; *) kinds="$kinds$kind " ;; esac
    done
    [ "$resume" = 0 ] || [ ! -e "$out/$cell_name/status" ] || continue
    cells_count=$((cells_count + 1))
    write_cell "$work/cells/$cells_count" "$text"
  done < "$cells"
  [ $cells_bad = 0 ]
}
