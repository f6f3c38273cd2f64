#!/usr/bin/env bash
# Measures this tree and keeps its counts as baselines/<NAME>.json, `main` unless given.
#
# Only counts: times of this machine mean nothing on another. Commit the file; its diff is a report.
set -euo pipefail
cd "$(dirname "$0")/.."
name=${1:-main}

# The gate measures; what it says of the old baseline is shown, and is no reason to keep it.
verdict=0
scripts/gate.sh --exact "$name" || verdict=$?
if [ "$verdict" -eq 2 ]; then
  exit 2
fi
target=$(cargo metadata --no-deps --format-version 1 | sed 's/.*"target_directory":"\([^"]*\)".*/\1/')
export CRITERION_HOME=$target/gate/criterion IAI_CALLGRIND_HOME=$target/gate/iai METER_HOME=$target/gate/meter
exec "$target/release/regress" record "$name" --from new --exact
