#!/usr/bin/env bash
# Tries a release without making one: every module is zipped as a module proxy
# would, and built against the zips, without the workspace and the replaces.
#   bash .ci/release.sh v0.1.0
set -euo pipefail
cd "$(dirname "$0")/.."
release=$(mktemp -d)
trap 'rm -rf "$release"' EXIT
(cd .ci && GOWORK=off go build -o "$release/release" ./release)
mapfile -t modules < <(go list -m -f '{{.Dir}}')
"$release/release" "${1:?usage: release.sh VERSION}" "${modules[@]}"

# What the exported API has lost or gained since the last tag.
if last=$(git describe --tags --abbrev=0 --match 'v*' 2>/dev/null); then
	apidiff=$(cd .ci && GOWORK=off go tool -n apidiff)
	git worktree add --quiet --detach "$release/last" "$last"
	trap 'git worktree remove --force "$release/last"; rm -rf "$release"' EXIT
	(cd "$release/last" && GOWORK=off "$apidiff" -m -w "$release/api" .)
	GOWORK=off "$apidiff" -m "$release/api" .
else
	echo "no tag yet: nothing to compare the API with"
fi
