#!/usr/bin/env bash
# Every test: format, lints, unit, property, oracle, program and browser tests, documentation. No timing; the network only to
# install a browser where there is none.
set -euo pipefail
cd "$(dirname "$0")/.."
export RUSTDOCFLAGS="-D warnings"

source scripts/instruction_tools.sh
source scripts/browser.sh
find_browser || echo "test: the HTML report is not tried in a browser: $no_browser_because" >&2

cargo fmt --all --check
cargo clippy --workspace --all-targets --quiet -- -D warnings
cargo test --workspace --quiet
cargo doc --workspace --no-deps --quiet
