#!/usr/bin/env bash
# Does the rule hold on this machine? Measures small kernels with known differences, and scores decision rules on that.
#
#   scripts/trial.sh [--minutes M] [--keep NAME]
#
#   --minutes M   measure for M minutes, 15 unless given; less than 2 is too little
#   --keep NAME   put the record into regress/trials/records/NAME, and its tables into regress/trials/README.md
#
# Writes target/trial/README.md, and beside it in record/ what was measured. Ctrl-C ends the measuring early and scores
# what there is. Instructions are counted where valgrind is installed. Other work may go on beside it: that is what
# rules have to live with, and the load is told.
set -euo pipefail
cd "$(dirname "$0")/.."

minutes=15
keep=""
usage() { sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p}' "$0"; }
refuse() {
  echo "trial: $*; scripts/trial.sh -h says more" >&2
  exit 2
}
while [ $# -gt 0 ]; do
  case $1 in
    -h | --help)
      usage
      exit 0
      ;;
    --minutes | --keep)
      [ $# -ge 2 ] || refuse "$1 needs a value"
      if [ "$1" = --minutes ]; then minutes=$2; else keep=$2; fi
      shift 2
      ;;
    *) refuse "unknown argument $1; known: --minutes, --keep, --help" ;;
  esac
done
[[ $minutes =~ ^[0-9]+(\.[0-9]+)?$ ]] || refuse "--minutes $minutes is no number"
awk "BEGIN { exit !($minutes <= 15) }" || refuse "--minutes $minutes is more than 15"
[ -z "$keep" ] || [[ $keep =~ ^[a-z0-9][a-z0-9-]*$ ]] || refuse "--keep $keep is no name of small letters, digits and -"
records=regress/trials/records
[ -z "$keep" ] || [ ! -e "$records/$keep" ] || refuse "there is a record $records/$keep already"

target=$(cargo metadata --no-deps --format-version 1 | sed 's/.*"target_directory":"\([^"]*\)".*/\1/')
trial=$target/trial
say() { echo "trial: $*" >&2; }

say "building"
cargo build --release --quiet --package bench-regress --example kernels --example collect --example score
mkdir -p "$trial"
# Whoever builds meanwhile must not change what is measured.
cp "$target/release/examples/kernels" "$trial/kernels"

say "measuring for $minutes minutes"
trap : INT # the collector ends by itself, after the round at hand
"$target/release/examples/collect" --kernels "$trial/kernels" --out "$trial/record" --minutes "$minutes"
trap - INT

say "scoring, a minute or two"
"$target/release/examples/score" --record "$trial/record" --page "$trial/README.md"
say "the tables are in $trial/README.md:"
sed -n '/<!-- headline/,/<!-- \/goals/{/<!--/d;p}' "$trial/README.md"

if [ -n "$keep" ]; then
  mkdir -p "$records/$keep"
  for file in apart lockstep instructions machine; do
    cp "$trial/record/$file.txt" "$records/$keep/"
  done
  say "kept $(du -k "$records/$keep" | cut -f1) KiB in $records/$keep; writing regress/trials/README.md, some minutes"
  "$target/release/examples/score"
fi
