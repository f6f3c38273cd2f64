#!/usr/bin/env bash
# Fuzzes readers: scripts/fuzz.sh [SECONDS] [TARGET…], 300 seconds for each of all targets if nothing is said.
# Starts from the kept corpus and the golden files; keeps what reached new code (regress/fuzz/corpus/TARGET.txt).
# Needs a nightly compiler and `cargo install cargo-fuzz`. Findings lie in regress/fuzz/artifacts/TARGET/: exit 1.
set -euo pipefail
cd "$(dirname "$0")/../regress"
seconds=300
if [[ "${1:-}" =~ ^[0-9]+$ ]]; then seconds=$1; shift; fi
targets=("$@")
if [ $# -eq 0 ]; then mapfile -t targets < <(cargo +nightly fuzz list); fi

# Longer inputs are not kept: what they reach is reached by shorter ones, or by the golden files.
longest_kept_bytes=300
seeds=(cargo +nightly run --quiet --manifest-path fuzz/Cargo.toml --example seeds --)
limits=(-timeout=10 -rss_limit_mb=1024)

# The directories of tests/corpus/ whose files a target begins with.
golden() {
    case "$1" in
        callgrind | cachegrind | massif | dhat) echo valgrind iai-callgrind ;;
        gungraun) echo gungraun-summary ;;
        benchstat) echo go ;;
        libtest_json) echo libtest ;;
        *) echo "${1//_/-}" ;;
    esac
}

failed=()
for target in "${targets[@]}"; do
    echo "== $target: $seconds seconds"
    work=fuzz/target/corpus/$target
    mkdir -p "$work/found" "$work/least"
    "${seeds[@]}" unpack "fuzz/corpus/$target.txt" "$work/found"
    beginning=()
    for directory in $(golden "$target"); do
        if [ -d "tests/corpus/$directory" ]; then beginning+=("tests/corpus/$directory"); fi
    done
    if ! cargo +nightly fuzz run "$target" "$work/found" "${beginning[@]}" -- "${limits[@]}" -max_total_time="$seconds" \
        -print_final_stats=1; then
        failed+=("$target")
        continue
    fi
    rm -f "$work"/least/*
    cargo +nightly fuzz run "$target" "$work/least" "$work/found" "${beginning[@]}" -- "${limits[@]}" \
        -set_cover_merge=1 -use_counters=0 -max_len="$longest_kept_bytes"
    "${seeds[@]}" pack "$work/least" "fuzz/corpus/$target.txt"
done
if [ ${#failed[@]} -gt 0 ]; then
    echo "findings in: ${failed[*]}"
    exit 1
fi
