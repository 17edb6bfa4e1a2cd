#!/usr/bin/env bash
# Starts the five nodes of the example and lets their network be watched while nodes come and go.
# Keys come from a terminal or from a pipe, one character each:
#   a b c d e   kill the node of that letter as a power cut would (nobody is told); again: start it anew
#   q           stop all nodes, each saying goodbye; so do Ctrl-C and the end of standard input
set -u
set -m # every node gets a process group of its own, so that no part of it is left behind
cd "$(dirname "$0")" || exit 1

NAMES=(bob alice dave carol erin)
PIDS=('' '' '' '' '') # each leads the process group of its node
KEYS="Keys: a, b, c, d, e kill a node or start it again, q stops all."

if command -v deno >/dev/null 2>&1; then
  DENO=deno
elif command -v npx >/dev/null 2>&1; then
  # The program itself: npx does not hand on every signal, and takes long to start.
  DENO=$(npx -y deno@2.9.6 eval 'console.log(Deno.execPath())') || exit 1
else
  echo "Neither deno nor npx is installed: install Deno, or Node.js, which brings npx" >&2
  exit 1
fi

# Runs a node, and says so when it ends without having been told to, as when its port is taken.
run() {
  local name=$1 told='' settings=()
  trap 'told=yes' INT TERM HUP # the node gets these too, and this shell outlives it
  [ "$name" = bob ] && settings=(-s network.controller.d2=true)
  "$DENO" run -q -P=node --import-map=.imports.json main.ts -p "$name" "${settings[@]+"${settings[@]}"}" \
    </dev/null >/dev/null
  local status=$?
  [ -n "$told" ] || echo "$name has ended by itself, with exit code $status" >&2
}

start() {
  run "${NAMES[$1]}" &
  PIDS[$1]=$!
  echo "${NAMES[$1]} is started, its log is profiles/${NAMES[$1]}/area-net.log"
}

# Signals every process of a node; fails when there is none.
signal() { [ -n "${PIDS[$2]}" ] && kill -s "$1" -- "-${PIDS[$2]}" 2>/dev/null; }

toggle() {
  if signal KILL "$1"; then
    wait "${PIDS[$1]}" 2>/dev/null
    PIDS[$1]=''
    echo "${NAMES[$1]} is killed"
  else
    start "$1"
  fi
}

stop_all() {
  local i patience=30 # tenths of a second, for all together
  trap '' INT TERM HUP
  for i in "${!NAMES[@]}"; do signal TERM "$i"; done
  for i in "${!NAMES[@]}"; do
    while signal 0 "$i" && [ "$patience" -gt 0 ]; do
      sleep 0.1
      patience=$((patience - 1))
    done
    signal KILL "$i"
  done
  wait 2>/dev/null
  echo "All nodes are stopped"
}

"$DENO" task -q imports || exit 1
trap stop_all EXIT
trap 'exit 0' INT TERM HUP

for i in "${!NAMES[@]}"; do start "$i"; done
cat <<TEXT

Bob draws the network to profiles/bob/peers.d2. To watch the picture change, with D2 (d2lang.com) installed:
    d2 --watch profiles/bob/peers.d2
To watch what bob is told:
    tail -f profiles/bob/area-net.log
$KEYS
TEXT

while true; do
  since=$SECONDS
  # Not for ever: before version 4.3 bash obeys a signal only once the read is over.
  if ! IFS= read -rsn1 -t 2 key; then
    # Nothing came in time, or nothing ever will: bash 3 tells the two apart by nothing but the time.
    [ "$SECONDS" -gt "$since" ] && continue
    break
  fi
  case $key in
    b) toggle 0 ;;
    a) toggle 1 ;;
    d) toggle 2 ;;
    c) toggle 3 ;;
    e) toggle 4 ;;
    q) break ;;
    '' | ' ' | $'\r') ;;
    *) echo "$KEYS" ;;
  esac
done
