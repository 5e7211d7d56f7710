# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=dash
# In the guest: hunger.sh begin WHO NUMBER DEVICE lets so many-th allocation of each of these tasks fail, end says whether one did (1) and feeds them again;
# asked twice it says the same.
DEBUG=/sys/kernel/debug
ARMED=/tmp/armed FAILED=/tmp/failed
case $1 in
  begin)
    for kind in failslab fail_page_alloc; do
      echo N > $DEBUG/$kind/ignore-gfp-wait
      echo 1 > $DEBUG/$kind/verbose # a line, no stack: that would be a report
    done
    echo 0 > $DEBUG/fail_page_alloc/min-order
    : > $ARMED
    rm -f $FAILED
    for task in /proc/[0-9]*; do
      read -r name < "$task/comm" || continue
      case $2-$name in workers-kworker/0:* | xenwatch-xenwatch) ;; *) continue ;; esac
      echo "$3" > "$task/fail-nth" && echo "$task" >> $ARMED
    done 2> /dev/null
    (
      n=0
      until [ -e "$4/block" ] || [ -e $FAILED ] || [ $n = 80 ]; do sleep 0.05; n=$((n + 1)); done
      sleep 0.1
      sh "$0" end
    ) > /dev/null 2>&1 < /dev/null & ;;
  end)
    if [ ! -e $FAILED ]; then
      failed=0
      while read -r task; do
        [ "$(cat "$task/fail-nth")" != 0 ] || failed=1
        echo 0 > "$task/fail-nth"
      done < $ARMED 2> /dev/null
      echo $failed > $FAILED
    fi
    cat $FAILED ;;
esac
