#!/usr/bin/env bash
# Measures a change against what it goes into, in turns, and judges it by the budgets in regress.toml.
# What the action in .github/actions/regress does, and runnable by hand:
#
#   BASE=main scripts/pull_request.sh
#
#   BASE             the revision compared with; what the pull request goes into unless given
#   PROFILE          the profile of regress.toml, `pr` unless given; used when regress.toml has it
#   CONFIG           the budgets, instead of the nearest regress.toml
#   MAX_TIME         how long to measure, 10m unless given
#   EXACT            `true`: counts only, no times
#   WITHOUT          metrics that cannot be measured here, between blanks: `instructions`
#   CARGO_ARGUMENTS  for cargo bench, between blanks: --package NAME
#   REPORTS          the directory for pull-request.md, report.html, report.json, junit.xml and metrics.txt (GitLab)
#   REGRESS          the program, `regress` unless given
#
# Ends with the exit code of regress: 0 nothing broke, 1 something did, 2 could not be done, 3 not proven.
set -euo pipefail

regress=${REGRESS:-regress}
reports=${REPORTS:-regress-report}
say() { echo "regress: $*" >&2; }

# What the pull request goes into: of a merge its first parent, else where both branches part.
find_base() {
  local branch=${GITHUB_BASE_REF:-main}
  if git rev-parse --quiet --verify 'HEAD^2' >/dev/null && [ -n "${GITHUB_BASE_REF:-}" ]; then
    git rev-parse 'HEAD^1'
  elif [ "$(git rev-parse --is-shallow-repository)" = true ]; then
    say "this clone has no history, so the base cannot be found; check out with fetch-depth: 0"
    return 1
  elif ! git merge-base "origin/$branch" HEAD 2>/dev/null; then
    say "HEAD and origin/$branch have no commit in common; say what to compare with: BASE=REVISION"
    return 1
  fi
}

# The first pull request that brings benchmarks has nothing to be compared with.
has_benches() {
  # Read to its end: a pipe that is closed early would end git, and look like no benchmarks.
  git ls-tree -r --name-only "$1" | grep -E '(^|/)benches/([^/]+|[^/]+/main)\.rs$' >/dev/null ||
    git grep -q -e '^\[\[bench\]\]' "$1" -- '*Cargo.toml'
}

if [ -n "${BASE:-}" ]; then
  if ! base=$(git rev-parse --quiet --verify "$BASE^{commit}"); then
    say "there is no revision $BASE; in a workflow, check out with fetch-depth: 0"
    exit 2
  fi
else
  base=$(find_base) || exit 2
fi

mkdir -p "$reports"
# What an earlier run left must not be taken for this one's.
rm -f "$reports"/{pull-request.md,report.html,report.json,junit.xml,metrics.txt,annotations.txt}
look=(
  --report "markdown=$reports/pull-request.md"
  --report "html=$reports/report.html"
  --report "json=$reports/report.json"
  --report "junit=$reports/junit.xml"
  --report "gitlab=$reports/metrics.txt"
  --report "github=$reports/annotations.txt"
)
config=${CONFIG:-regress.toml}
[ -z "${CONFIG:-}" ] || look+=(--config "$CONFIG")
profile=${PROFILE:-pr}
if [ -n "${PROFILE:-}" ] || grep -qsE "^\[profile\.$profile\]" "$config"; then look+=(--profile "$profile"); fi
[ "${EXACT:-false}" != true ] || look+=(--exact)
for metric in ${WITHOUT:-}; do look+=(--without "$metric"); done
read -ra cargo_arguments <<<"${CARGO_ARGUMENTS:-}"

code=0
if has_benches "$base"; then
  "$regress" run "$base" --skip-identical --max-time "${MAX_TIME:-10m}" "${look[@]}" -- "${cargo_arguments[@]}" || code=$?
else
  say "$base has no benchmarks: there is nothing to compare with, only the absolute budgets are judged"
  cargo bench "${cargo_arguments[@]}" >&2 || { say "the benchmarks did not run to their end"; exit 2; }
  "$regress" check new "${look[@]}" || code=$?
fi

# For people who look at the run, and for the steps that follow.
if [ -n "${GITHUB_ACTIONS:-}" ] && [ -f "$reports/annotations.txt" ]; then
  cat "$reports/annotations.txt"
fi
if [ -n "${GITHUB_STEP_SUMMARY:-}" ] && [ -f "$reports/pull-request.md" ]; then
  cat "$reports/pull-request.md" >>"$GITHUB_STEP_SUMMARY"
fi
if [ -n "${GITHUB_OUTPUT:-}" ]; then
  verdicts=(passed failed "could not be done" "not proven")
  printf 'verdict=%s\nexit-code=%s\nreports=%s\n' "${verdicts[$code]:-crashed}" "$code" "$reports" >>"$GITHUB_OUTPUT"
fi
exit "$code"
