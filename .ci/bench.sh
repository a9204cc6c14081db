#!/usr/bin/env bash
# Runs the root module's benchmarks here and at the merge base, and compares
# them. More allocations fail; times are only reported, since machines are noisy.
#   bash .ci/bench.sh             against origin/main, else the commit before
#   bash .ci/bench.sh v0.1.0      against that
set -euo pipefail
cd "$(dirname "$0")/.."
base=$(git merge-base HEAD "${1:-origin/main}" 2>/dev/null || git rev-parse HEAD~1)
[ "$base" != "$(git rev-parse HEAD)" ] || base=$(git rev-parse HEAD~1)
work=$(mktemp -d)
git worktree add --quiet --detach "$work/base" "$base"
trap 'git worktree remove --force "$work/base"; rm -rf "$work"' EXIT

bench() { GOWORK=off go test -run '^$' -bench . -benchmem -benchtime 200ms -count 2 ./...; }
for round in 1 2 3; do # by turns, so that a slow minute hits both
	(cd "$work/base" && bench) >>"$work/before"
	bench >>"$work/after"
	echo "round $round of 3"
done
"$(cd .ci && GOWORK=off go tool -n benchstat)" "$work/before" "$work/after"

# The least of the runs: what a benchmark allocates besides is the runtime's.
least() { awk '/^pkg:/ { pkg = $2 } / allocs\/op/ { b = pkg "." $1; n = $(NF-1); if (!(b in least) || n < least[b]) least[b] = n } END { for (b in least) print b, least[b] }' "$1" | sort; }
more=$(join <(least "$work/before") <(least "$work/after") | awk '$3 > $2 { print $1 ": " $2 " allocations, now " $3 }')
if [ -n "$more" ]; then
	printf 'more allocations than at %s:\n%s\n' "$base" "$more"
	exit 1
fi
