#!/usr/bin/env bash
# Compares the exported API with .ci/api.txt; -update writes it.
set -euo pipefail
cd "$(dirname "$0")/.."
api=$(mktemp -d)
trap 'rm -rf "$api"' EXIT
(cd .ci && GOWORK=off go build -o "$api/api" ./api)
"$api/api" -file .ci/api.txt "$@" $(go list -f '{{.Dir}}/...' -m)
