#!/bin/sh
# Starts DevFlow when its ports are free, and shows which of them are in use.
set -eu

# >>> portgen:ports >>>
export DB_MANAGER_PORT="${DB_MANAGER_PORT:-3002}"
export VECTOR_MEMORY_PORT="${VECTOR_MEMORY_PORT:-3003}"
export MODEL_REGISTRY_PORT="${MODEL_REGISTRY_PORT:-3004}"
export ORCHESTRATOR_PORT="${ORCHESTRATOR_PORT:-3005}"
export TOKEN_OPTIMIZER_PORT="${TOKEN_OPTIMIZER_PORT:-3006}"
export CODEX_MCP_PORT="${CODEX_MCP_PORT:-3101}"
export REAL_DREAM_TEAM_ORCHESTRATOR_PORT="${REAL_DREAM_TEAM_ORCHESTRATOR_PORT:-3200}"
export CLI_INTEGRATION_MANAGER_PORT="${CLI_INTEGRATION_MANAGER_PORT:-3201}"
export CCTOOLS_GRPC_PORT="${CCTOOLS_GRPC_PORT:-50051}"

# The ports that are listened on here, for loops.
DEVFLOW_PORTS="${DB_MANAGER_PORT:-3002} ${VECTOR_MEMORY_PORT:-3003} ${MODEL_REGISTRY_PORT:-3004} ${ORCHESTRATOR_PORT:-3005} ${TOKEN_OPTIMIZER_PORT:-3006} ${CODEX_MCP_PORT:-3101} ${REAL_DREAM_TEAM_ORCHESTRATOR_PORT:-3200} ${CLI_INTEGRATION_MANAGER_PORT:-3201} ${CCTOOLS_GRPC_PORT:-50051}"
# <<< portgen:ports <<< sum:67cebb9f

is_listening() {
  netstat -an | grep -Eq "[:.]$1[[:space:]].*LISTEN"
}

# >>> portgen:status >>>
# Whether something listens on a TCP port of this machine.
if ! command -v is_listening >/dev/null 2>&1; then
  is_listening() {
    if command -v ss >/dev/null 2>&1; then
      ss -ltn | grep -Eq "[:.]$1[[:space:]]"
    elif command -v netstat >/dev/null 2>&1; then
      netstat -an | grep -Eq "[:.]$1[[:space:]].*LISTEN"
    else
      lsof -nP -iTCP:"$1" -sTCP:LISTEN >/dev/null 2>&1
    fi
  }
fi

# Shows one port: its number, ACTIVE or free, what it is for.
show_port() {
  if is_listening "$1"; then
    printf '%-5s  ACTIVE  %s\n' "$1" "$2"
  else
    printf '%-5s  free    %s\n' "$1" "$2"
  fi
}

# Shows every port.
show_ports() {
  show_port "${DB_MANAGER_PORT:-3002}" 'Database Manager'
  show_port "${VECTOR_MEMORY_PORT:-3003}" 'Vector Memory Service'
  show_port "${MODEL_REGISTRY_PORT:-3004}" 'Model Registry'
  show_port "${ORCHESTRATOR_PORT:-3005}" 'DevFlow Orchestrator'
  show_port "${TOKEN_OPTIMIZER_PORT:-3006}" 'Token Optimizer'
  show_port "${CODEX_MCP_PORT:-3101}" 'Codex MCP Server'
  show_port "${REAL_DREAM_TEAM_ORCHESTRATOR_PORT:-3200}" 'Real Dream Team Orchestrator'
  show_port "${CLI_INTEGRATION_MANAGER_PORT:-3201}" 'CLI Integration Manager'
  show_port "${CCTOOLS_GRPC_PORT:-50051}" 'CC-Tools gRPC Server'
}
# <<< portgen:status <<< sum:2330b7a6

start() {
  for port in $DEVFLOW_PORTS; do
    if is_listening "$port"; then
      echo "port $port is in use: see $0 status" >&2
      exit 1
    fi
  done
  exec "$@"
}

case "${1:-}" in
  status)
    show_ports
    ;;
  start)
    shift
    start "$@"
    ;;
  *)
    echo "usage: $0 status | start COMMAND..." >&2
    exit 2
    ;;
esac
