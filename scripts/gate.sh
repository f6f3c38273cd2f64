#!/usr/bin/env bash
# Measures this tree and judges it by the budgets in regress.toml.
#
#   scripts/gate.sh [--exact] [BASELINE]         against baselines/<BASELINE>.json; `main` unless given
#   scripts/gate.sh [--exact] --base REVISION    against a revision, measured here and now in turns with this tree
#
#   --exact   counts only (allocations, instructions): no clock, the same answer on a busy machine
#   --base    finds changes of time that a baseline cannot tell; builds both, takes minutes
#
# Ends with the exit code of regress: 0 nothing broke, 1 something did, 2 could not be done, 3 not proven.
# Installs what is missing: valgrind from the system's packages where it may, the instruction runner into target/.
# GATE_REPORT=FILE keeps the report as Markdown as well; GATE_MAX_TIME=10m bounds the measuring with --base.
set -euo pipefail
cd "$(dirname "$0")/.."

exact=()
baseline=
base=
while [ $# -gt 0 ]; do
  case $1 in
    --exact) exact=(--exact) ;;
    --base)
      base=${2:-}
      [ -n "$base" ] || { echo "gate: --base wants a revision: --base origin/main" >&2; exit 2; }
      shift
      ;;
    -h | --help) sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p}' "$0"; exit 0 ;;
    -*) echo "gate: unknown option $1; known: --exact, --base, --help" >&2; exit 2 ;;
    *) baseline=$1 ;;
  esac
  shift
done

if [ -n "$base" ] && [ -n "$baseline" ]; then
  echo "gate: against $base or against baselines/$baseline.json? leave one of them out" >&2
  exit 2
fi
baseline=${baseline:-main}

metadata=$(cargo metadata --no-deps --format-version 1) || exit 2
target=${metadata##*\"target_directory\":\"}
target=${target%%\"*}
# Results of their own, made anew each time: a benchmark that was renamed must not live on in old files.
results=$target/gate
rm -rf "$results"
mkdir -p "$results"

say() { echo "gate: $*" >&2; }

# Every step's output is kept; it is shown when the step fails.
step() {
  local what=$1 log=$results/$2.log
  shift 2
  local begin=$SECONDS
  if ! "$@" >"$log" 2>&1; then
    tail -n 60 "$log" >&2
    say "$what failed; all of its output is in $log"
    exit 2
  fi
  say "$what: $((SECONDS - begin)) s"
}

without=()
source scripts/instruction_tools.sh
if ! find_instruction_tools "$target"; then
  say "instructions are not counted here: $no_instructions_because"
  without=(--without instructions)
fi

step "building regress" build-regress cargo build --release --quiet --package bench-regress
regress=$target/release/regress
look=("${exact[@]}" "${without[@]}" ${GATE_REPORT:+--report "markdown=$GATE_REPORT"})

if [ -n "$base" ]; then
  exec "$regress" run "$base" --skip-identical --max-time "${GATE_MAX_TIME:-10m}" "${look[@]}" -- --package bench-suite
fi

export CRITERION_HOME=$results/criterion IAI_CALLGRIND_HOME=$results/iai METER_HOME=$results/meter
step "building the benchmarks" build-benches cargo bench --quiet --package bench-suite --no-run
step "counting allocations and leaks" allocations cargo bench --quiet --package bench-suite --bench allocations -- --save-baseline=new
if [ ${#without[@]} -eq 0 ]; then
  step "counting instructions" instructions cargo bench --quiet --package bench-suite --bench instructions -- --save-baseline=new
fi
if [ ${#exact[@]} -eq 0 ]; then
  # Short runs: enough for the absolute budgets, which have room, and not meant for a change of 5 %.
  step "taking times" wall-time cargo bench --quiet --package bench-suite --bench wall_time -- \
    --save-baseline=new --warm-up-time 0.1 --measurement-time 0.3 --sample-size 20 --nresamples 1000
  step "timing single calls" latency cargo bench --quiet --package bench-suite --bench latency -- --save-baseline=new
fi

if [ -f "baselines/$baseline.json" ]; then
  exec "$regress" compare "baselines/$baseline" new "${look[@]}"
fi
say "there is no baselines/$baseline.json: only absolute budgets are judged; to make one: scripts/record.sh $baseline"
exec "$regress" check new "${look[@]}"
