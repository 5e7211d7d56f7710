# SPDX-License-Identifier: GPL-3.0-or-later
# Cells file: reads it, refuses what it does not know (file:line:col: error: ...), writes one folder a cell for dom0.
# Sourced by run.
# shellcheck shell=bash disable=SC2034,SC2154,SC2015

declare -A cell_seen
cells_bad=0

# cell_error COLUMN TEXT: one complaint about the line being read
cell_error() {
  echo "$cells_file:$cell_line:$1: error: $2" >&2
  cells_bad=1
}

# check_driver COLUMN SIDE VALUE: "xen" or "rl:POLICY[:opt=val,..]"
check_driver() {
  local policy='^rl:[a-z][a-z0-9_]*(:[a-z][a-z0-9_]*=[A-Za-z0-9_.-]+(,[a-z][a-z0-9_]*=[A-Za-z0-9_.-]+)*)?$'
  [[ $3 == xen || $3 =~ $policy ]] ||
    cell_error "$1" "bad $2 driver '$3' (expected xen or rl:POLICY[:option=value,..])"
}

# check_choice COLUMN KEY VALUE CHOICE...
check_choice() {
  local column=$1 key=$2 value=$3 choice
  shift 3
  for choice; do [ "$value" != "$choice" ] || return 0; done
  cell_error "$column" "bad value '$value' of $key (expected $(IFS='|'; echo "$*"))"
}

# check_number COLUMN KEY VALUE LOW HIGH
check_number() {
  [[ $3 =~ ^[0-9]{1,9}$ ]] && [ "$3" -ge "$4" ] && [ "$3" -le "$5" ] ||
    cell_error "$1" "bad value '$3' of $2 (expected a whole number from $4 to $5)"
}

# check_job COLUMN KEY VALUE: a readable job file, relative to the cells file
check_job() {
  [ -r "$(dirname "$cells_file")/$3" ] && [ -f "$(dirname "$cells_file")/$3" ] ||
    cell_error "$1" "cannot read the job '$3' of $2 (expected a fio job file, relative to the cells file)"
}

# check_arguments COLUMN KEY VALUE: module parameters
check_arguments() {
  [[ $3 =~ ^[a-z][a-z0-9_]*=[A-Za-z0-9_.-]+(,[a-z][a-z0-9_]*=[A-Za-z0-9_.-]+)*$ ]] ||
    cell_error "$1" "bad value '$3' of $2 (expected name=value,..)"
}

# check_load COLUMN KEY VALUE: a third domain's weight, and its cap in percent of a CPU
check_load() {
  [[ $3 =~ ^[1-9][0-9]{0,4}(:[1-9][0-9]{0,2})?$ ]] && [ "${3%%:*}" -le 65535 ] ||
    cell_error "$1" "bad value '$3' of $2 (expected WEIGHT or WEIGHT:CAP, weight 1 to 65535, cap in percent)"
}

# check_identity COLUMN KEY VALUE: a disk's name for the toolstack
check_identity() {
  [[ $3 =~ ^[A-Za-z0-9._-]{1,63}$ ]] || cell_error "$1" "bad value '$3' of $2 (expected up to 63 letters, digits, . _ -)"
}

# check_pair COLUMN KEY VALUE
check_pair() {
  case $2 in
    front | back) check_driver "$@" ;;
    device) check_choice "$@" null brd lent nvme mem mem4k ;;
    mode) check_choice "$@" w r ;;
    vcpus) check_number "$@" 1 8 ;;
    grants) check_choice "$@" persistent map ;;
    load) check_load "$@" ;;
    fault) check_choice "$@" driver:destroy driver:crash driver:pause guest:destroy guest:crash guest:pause \
      backend:rebind backend:destroy backend:pause backend:replace backend:supervise backend:crash backend:start ;;
    identity) check_identity "$@" ;;
    trace | corrupt | decisions | fails | nodes | fresh) check_choice "$@" 0 1 ;;
    job | job2) check_job "$@" ;;
    reload) check_number "$@" 0 100 ;;
    timeout) check_number "$@" 1 86400 ;;
    at) check_number "$@" 0 3600000 ;;
    front_args | back_args | standby_args) check_arguments "$@" ;;
    *) cell_error $(($1 - ${#2} - 1)) "unknown key '$2' (expected front, back, device, grants, job, job2, trace, decisions, reload, corrupt, load, fault, at, fails, identity, mode, vcpus, nodes, fresh, timeout, front_args, back_args or standby_args)" ;;
  esac
}

# check_whole: what only the whole line tells
check_whole() {
  local key
  for key in front back job; do
    [ -n "${cell[$key]+x}" ] || cell_error 1 "no $key= (expected NAME front= back= job= [device= grants= ..])"
  done
  if [ -z "${cell[job2]+x}" ]; then
    for key in reload corrupt; do
      [ "${cell[$key]:-0}" = 0 ] || cell_error 1 "$key needs job2= (expected the job that runs after it)"
    done
  fi
  if [ "${cell[corrupt]:-0}" = 1 ] && [ "${cell[device]:-null}" = null ]; then
    cell_error 1 "corrupt=1 needs device=brd or nvme (a null device keeps no data)"
  fi
  if [ "${cell[fault]:-}" = backend:start ] && [ "${cell[device]:-null}" != nvme ]; then
    cell_error 1 "fault=backend:start needs device=nvme (a disk that the next driver domain can have)"
  fi
  if [ "${cell[fresh]:-0}" = 1 ]; then
    case ${cell[device]:-null} in lent | nvme) cell_error 1 "fresh=1 needs a disk that the driver domain makes (expected device=null, brd, mem or mem4k)" ;; esac
  fi
}

# parse_cell TEXT: one line into the array cell
parse_cell() {
  local text=$1 rest word column=1 key
  cell=()
  rest=$text
  while [ -n "$rest" ]; do
    if [[ $rest =~ ^[[:space:]]+ ]]; then
      column=$((column + ${#BASH_REMATCH[0]}))
      rest=${rest:${#BASH_REMATCH[0]}}
      continue
    fi
    [[ $rest =~ ^[^[:space:]]+ ]]
    word=${BASH_REMATCH[0]}
    if [ -z "${cell[name]:-}" ]; then
      [[ $word =~ ^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$ && $word != *.partial && $word != console && $word != manifest.json ]] ||
        cell_error $column "bad name '$word' (expected letters, digits, . _ -)"
      [ -z "${cell_seen[$word]:-}" ] || cell_error $column "name '$word' is taken (first on line ${cell_seen[$word]})"
      cell_seen[$word]=$cell_line
      cell[name]=$word
    elif [[ $word =~ ^([a-z0-9_]+)=(.+)$ ]]; then
      key=${BASH_REMATCH[1]}
      [ -z "${cell[$key]+x}" ] || cell_error $column "$key= stands twice (expected once)"
      cell[$key]=${BASH_REMATCH[2]}
      check_pair $((column + ${#key} + 1)) "$key" "${cell[$key]}"
    else
      cell_error $column "bad word '$word' (expected key=value)"
    fi
    column=$((column + ${#word}))
    rest=${rest:${#word}}
  done
  check_whole
}

# write_cell DIR TEXT: what dom0 needs of the cell just parsed; values are checked, so plain assignments are safe
write_cell() {
  local key
  mkdir -p "$1"
  echo "$2" > "$1/cell.txt"
  cp "$(dirname "$cells_file")/${cell[job]}" "$1/job.fio"
  [ -z "${cell[job2]:-}" ] || cp "$(dirname "$cells_file")/${cell[job2]}" "$1/job2.fio"
  {
    echo "device=null grants=persistent trace=0 decisions=0 reload=0 corrupt=0 load= fault= at= fails=0 identity= mode=w vcpus=1 nodes=0 fresh=0 timeout=900 front_args= back_args= standby_args="
    for key in name front back device grants trace decisions reload corrupt load fault at fails identity mode vcpus nodes fresh timeout front_args back_args standby_args; do
      [ -z "${cell[$key]+x}" ] || echo "$key=${cell[$key]}"
    done
  } > "$1/env"
}

# read_cells FILE OUT SKIP_DIR: every cell into OUT/NNNNN; cells that SKIP_DIR holds already are left out
read_cells() {
  local text stripped
  declare -gA cell=()
  cells_file=$1 cell_line=0 cells_count=0 cells_skipped=0 needs_rlfront=0 needs_rlback=0 needs_nvme=0 needs_supervise=0
  while IFS= read -r text || [ -n "$text" ]; do
    cell_line=$((cell_line + 1))
    stripped=${text%%#*}
    [[ $stripped =~ [^[:space:]] ]] || continue
    parse_cell "$stripped"
    [ $cells_bad = 0 ] || continue
    # also of a cell that is left out: the others of a file were measured on the machine that it asks for
    [ "${cell[device]:-null}" != nvme ] || needs_nvme=1
    if [ -n "$3" ] && [ -e "$3/${cell[name]}/status" ] && ! failed_cell "$3/${cell[name]}"; then
      cells_skipped=$((cells_skipped + 1))
      continue
    fi
    [[ ${cell[front]} != rl:* ]] || needs_rlfront=1
    [[ ${cell[back]} != rl:* ]] || needs_rlback=1
    case ${cell[fault]:-} in backend:supervise | backend:crash | backend:start) needs_supervise=1 ;; esac
    cells_count=$((cells_count + 1))
    write_cell "$2/$(printf %05d "$cells_count")" "$text"
  done < "$1"
  [ $cells_bad = 0 ]
}
