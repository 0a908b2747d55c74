#!/bin/sh
# Sends Ctrl-C to a process that works already: it waits until the process has a handler for it, as
# long as a loaded machine takes, and half a second more.
# usage: interrupt.sh PID    Exit status: 0 sent, 1 the process has no handler after half a minute.
set -u
for _ in $(seq 1 300); do
  # The last digit of the mask of caught signals: SIGINT is 2.
  case $(sed -n 's/^SigCgt:.*\(.\)$/\1/p' "/proc/$1/status" 2>/dev/null) in
    [2367abef])
      sleep 0.5
      kill -INT "$1"
      exit
      ;;
  esac
  sleep 0.1
done
echo "interrupt.sh: process $1 has no handler for Ctrl-C" >&2
exit 1
