#!/usr/bin/env bash
# Measures this tree and signs a release off: OUTPUT/signoff.json, .md and .html, beside the results that they were made from.
#
#   scripts/signoff.sh v1.2.0 [LAST]      LAST: the results of the last release, a file or baselines/<NAME>
#
#   OUTPUT    the directory, release/<RELEASE> unless given
#   SIGN_KEY  an SSH key to sign with
#   TESTS     what the tests printed, as evidence that they ran
#
# Ends with the exit code of regress: 0 signed off, 1 something broke, 2 could not be done, 3 not proven. The documents are
# written in any case but 2. Anybody can make them again: regress signoff --verify OUTPUT/signoff.json
set -euo pipefail
cd "$(dirname "$0")/.."

release=${1:-}
if [ -z "$release" ]; then
  echo "signoff: which release? scripts/signoff.sh v1.2.0" >&2
  exit 2
fi
last=${2:-}
output=${OUTPUT:-release/$release}
mkdir -p "$output"

# The gate measures; whether it passed is said by the sign-off.
verdict=0
scripts/gate.sh >"$output/gate.txt" || verdict=$?
case $verdict in
  0 | 1 | 3) ;;
  *) exit 2 ;;
esac
target=$(cargo metadata --no-deps --format-version 1)
target=${target##*\"target_directory\":\"}
target=${target%%\"*}
regress=$target/release/regress
export CRITERION_HOME=$target/gate/criterion IAI_CALLGRIND_HOME=$target/gate/iai METER_HOME=$target/gate/meter
name=signoff-$release
"$regress" record "$name" --from new
mv "baselines/$name.json" "$output/results.json"

options=(--release "$release" --output "$output/signoff")
if [ -n "${TESTS:-}" ]; then options+=(--evidence "tests=$TESTS"); fi
profiles=$("$regress" budget profiles)
if grep -qxF release <<<"$profiles"; then options+=(--profile release); fi
if [ -n "${SIGN_KEY:-}" ]; then options+=(--sign "$SIGN_KEY"); fi
exec "$regress" signoff "${options[@]}" ${last:+"$last"} "$output/results.json"
