#!/bin/sh
# SPDX-FileCopyrightText: 2026 The aiot authors
# SPDX-License-Identifier: Apache-2.0
#
# Runs a firmware on an emulated board; the exit code is the firmware's.
#
#   run_qemu.sh BOARD ELF [option]... [-- argument...]
#
#   BOARD          qemu_m0 | qemu_m3 | qemu_m4 | qemu_m55
#   --flash FILE   the board's flash lives in FILE and survives a killed emulator; made (erased) when
#                  it does not exist; without it a board starts with erased flash. 16 MiB; on
#                  qemu_m55 a sparse file of 2 GiB, of which 16 MiB count
#   --timeout S    ends the run after S seconds with code 124 (60); 0: no limit, and the process of
#                  this script becomes the emulator, so that a signal meets it
#   --icount       each instruction takes 64 ns of the board's time, whatever the host does: times
#                  repeat exactly, and 15'625'000 instructions are a second
#   --uart SOCKET  UART 0 is a unix socket that the emulator listens at; what it sends is also
#                  appended to SOCKET.log
#   --cross-uarts  what UART 0 sends UART 1 receives, and the other way round
#   argument       a word of the firmware's command line
set -eu

fail() {
  echo "run_qemu.sh: $1" >&2
  exit 2
}

[ $# -ge 2 ] || fail "usage: run_qemu.sh BOARD ELF [--flash FILE] [--timeout S] [--icount] [--uart SOCKET | --cross-uarts] [-- argument...]"
board=$1
elf=$2
shift 2
flash=
limit=60
icount=
cross=
uart=
while [ $# -gt 0 ]; do
  case $1 in
    --flash) flash=${2:?"run_qemu.sh: --flash needs a file"}; shift 2 ;;
    --timeout) limit=${2:?"run_qemu.sh: --timeout needs seconds"}; shift 2 ;;
    --icount) icount=1; shift ;;
    --uart) uart=${2:?"run_qemu.sh: --uart needs a path"}; shift 2 ;;
    --cross-uarts) cross=1; shift ;;
    --) shift; break ;;
    *) fail "unknown option $1" ;;
  esac
done
[ -r "$elf" ] || fail "no firmware $elf; build it first"
command -v qemu-system-arm > /dev/null || fail "qemu-system-arm not found; install the package qemu-system-arm, or run ./dev"

memory=16M
case $board in
  qemu_m0) machine=microbit; memory= ;;
  qemu_m3) machine=mps2-an385 ;;
  qemu_m4) machine=mps2-an386 ;;
  qemu_m55) machine=mps3-an547; memory=2G ;;
  *) fail "unknown board $board" ;;
esac

# Commas separate options in QEMU's syntax; two of them are one.
escape() { printf '%s' "$1" | sed 's/,/,,/g'; }
semihosting="enable=on,target=native,arg=$(escape "${elf##*/}")"
for argument in "$@"; do
  semihosting="$semihosting,arg=$(escape "$argument")"
done
set -- -machine "$machine" -display none -monitor none \
       -semihosting-config "$semihosting" -kernel "$elf"

# erased FILE: flash as it is delivered. All boards map 16 MiB; the rest of a larger file stays sparse.
erased() {
  head -c 16777216 /dev/zero | tr '\000' '\377' > "$1"
  truncate -s "$memory" "$1"
}

if [ -n "$flash" ]; then
  [ -n "$memory" ] || fail "$board has no flash to keep in a file"
  if [ ! -e "$flash" ]; then
    # A name of its own: a killed run may leave a writer behind.
    erased "$flash.$$"
    mv "$flash.$$" "$flash"
  fi
elif [ -n "$memory" ]; then
  # Nobody wants to keep it: a file without a name, gone with the last process that has it open.
  nameless=$(mktemp)
  erased "$nameless"
  exec 9<> "$nameless"
  rm "$nameless"
  flash=/proc/self/fd/9
fi
[ -z "$flash" ] ||
  set -- "$@" -machine memory-backend=flash \
         -object "memory-backend-file,id=flash,size=$memory,mem-path=$(escape "$flash"),share=on"
[ -z "$icount" ] || set -- "$@" -icount shift=6,align=off,sleep=off

if [ -n "$cross" ]; then
  sockets=$(mktemp -d)
  trap 'rm -rf "$sockets"' EXIT
  set -- "$@" -serial "unix:$sockets/wire,server=on,wait=off" -serial "unix:$sockets/wire"
elif [ -n "$uart" ]; then
  set -- "$@" -serial chardev:uart -chardev \
    "socket,id=uart,path=$(escape "$uart"),server=on,wait=off,logfile=$(escape "$uart.log"),logappend=on"
else
  set -- "$@" -serial null
fi

if [ "$limit" = 0 ]; then
  [ -z "$cross" ] || fail "--cross-uarts needs a time limit"
  exec qemu-system-arm "$@"
fi
status=0
timeout --kill-after=5 "$limit" qemu-system-arm "$@" < /dev/null || status=$?
[ "$status" != 124 ] || echo "run_qemu.sh: $elf on $board took longer than $limit s" >&2
exit "$status"
