#!/bin/sh
# Starts DevFlow when its ports are free, and shows which of them are in use.
set -eu
cd "$(dirname "$0")"

is_listening() {
  netstat -an | grep -Eq "[:.]$1[[:space:]].*LISTEN"
}

case "${1:-}" in
  start)
    shift
    show_ports | grep ACTIVE && exit 1
    exec "$@"
    ;;
  status)
    show_ports
    ;;
  *)
    echo "usage: $0 start COMMAND... | status" >&2
    exit 2
    ;;
esac
