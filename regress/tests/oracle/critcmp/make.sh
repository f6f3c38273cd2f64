#!/bin/sh
# Writes cases.txt anew: what critcmp 0.1.8 (cargo install critcmp --version 0.1.8) prints for each line of
# arguments.txt, from the results of criterion 0.8.2 in tests/corpus.
set -eu
cd "$(dirname "$0")"
home=$(mktemp -d)
mkdir -p "$home/target/criterion"
cp -r ../../corpus/criterion/0.8.2/. ../../corpus/criterion/0.8.2-names/. "$home/target/criterion/"
while read -r arguments; do
    echo "\$ critcmp $arguments"
    # shellcheck disable=SC2086 # they are to be split
    (cd "$home" && unset CARGO_TARGET_DIR && critcmp $arguments)
done <arguments.txt >cases.txt
rm -r "$home"
