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
# Ends with the exit code of regress: 0 nothing broke, 1 something did, 2 could not be done, 3 not proven. What could not be done
# is told in pull-request.md as well, so that the comment of an earlier push does not stay.
set -euo pipefail

regress=${REGRESS:-regress}
reports=${REPORTS:-regress-report}
say() { echo "regress: $*" >&2; }

mkdir -p "$reports"
# What an earlier run left must not be taken for this one's.
rm -f "$reports"/{pull-request.md,report.html,report.json,junit.xml,metrics.txt,annotations.txt}

# For people who look at the run, and for the steps that follow.
end() {
  local code=$1 verdicts=(passed failed "could not be done" "not proven")
  if [ -n "${GITHUB_ACTIONS:-}" ] && [ -f "$reports/annotations.txt" ]; then
    cat "$reports/annotations.txt"
  fi
  if [ -n "${GITHUB_STEP_SUMMARY:-}" ] && [ -f "$reports/pull-request.md" ]; then
    cat "$reports/pull-request.md" >>"$GITHUB_STEP_SUMMARY"
  fi
  if [ -n "${GITHUB_OUTPUT:-}" ]; then
    printf 'verdict=%s\nexit-code=%s\nreports=%s\n' "${verdicts[$code]:-crashed}" "$code" "$reports" >>"$GITHUB_OUTPUT"
  fi
  exit "$code"
}

# With the mark by which the comment is found. Only words of this script: what a program says may be anything.
could_not() {
  local code=$1
  shift
  say "$*"
  printf '<!-- regress: regress -->\n### regress: could not be done\n\nThere is no verdict on these changes: %s. The log of this run tells more.\n' \
    "$*" >"$reports/pull-request.md"
  end "$code"
}

# What the pull request goes into, or why nobody knows: of a merge its first parent, else where both branches part.
find_base() {
  local branch=${GITHUB_BASE_REF:-main}
  if git rev-parse --quiet --verify 'HEAD^2' >/dev/null && [ -n "${GITHUB_BASE_REF:-}" ]; then
    git rev-parse 'HEAD^1'
  elif [ "$(git rev-parse --is-shallow-repository)" = true ]; then
    echo "this clone has no history, so the base cannot be found; check out with fetch-depth: 0"
    return 1
  elif ! git merge-base "origin/$branch" HEAD 2>/dev/null; then
    echo "HEAD and the branch that it goes into have no commit in common; say what to compare with: BASE=REVISION"
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
    say "there is no revision $BASE"
    could_not 2 "the revision to compare with is not there; in a workflow, check out with fetch-depth: 0"
  fi
else
  base=$(find_base) || could_not 2 "$base"
fi

look=(
  --report "markdown=$reports/pull-request.md"
  --report "html=$reports/report.html"
  --report "json=$reports/report.json"
  --report "junit=$reports/junit.xml"
  --report "gitlab=$reports/metrics.txt"
  --report "github=$reports/annotations.txt"
)
config=()
[ -z "${CONFIG:-}" ] || config=(--config "$CONFIG")
look+=("${config[@]}")
profile=${PROFILE:-pr}
# What is wrong with the file is told when it is judged by.
profiles=$("$regress" budget profiles "${config[@]}" 2>/dev/null) || profiles=
if [ -n "${PROFILE:-}" ] || grep -qxF -- "$profile" <<<"$profiles"; then look+=(--profile "$profile"); fi
[ "${EXACT:-false}" != true ] || look+=(--exact)
for metric in ${WITHOUT:-}; do look+=(--without "$metric"); done
read -ra cargo_arguments <<<"${CARGO_ARGUMENTS:-}"

code=0
if has_benches "$base"; then
  "$regress" run "$base" --skip-identical --max-time "${MAX_TIME:-10m}" "${look[@]}" -- "${cargo_arguments[@]}" || code=$?
else
  say "$base has no benchmarks: there is nothing to compare with, only the absolute budgets are judged"
  cargo bench "${cargo_arguments[@]}" >&2 || could_not 2 "the benchmarks did not run to their end"
  "$regress" check new "${look[@]}" || code=$?
fi

if [ ! -f "$reports/pull-request.md" ]; then could_not "$code" "the comparison could not be done"; fi
end "$code"
