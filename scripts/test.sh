#!/usr/bin/env bash
# Every test: format, lints, unit, property, oracle and program tests, documentation. No timing, no network.
set -euo pipefail
cd "$(dirname "$0")/.."
export RUSTDOCFLAGS="-D warnings"

cargo fmt --all --check
cargo clippy --workspace --all-targets --quiet -- -D warnings
cargo test --workspace --quiet
cargo doc --workspace --no-deps --quiet
