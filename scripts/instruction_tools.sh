#!/usr/bin/env bash
# For sourcing: find_instruction_tools TARGET makes valgrind and the runner available, or says why it cannot. Run on its own it
# says the same as lines for $GITHUB_ENV.
#
# Sets IAI_CALLGRIND_RUNNER on success, no_instructions_because on failure.

# The runner has to have the version of the library exactly.
runner_version() { sed -n '/^name = "iai-callgrind"$/{n;s/^version = "\(.*\)"$/\1/p}' Cargo.lock; }

# Installs a package with whatever package manager there is, if this user may.
install_package() {
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    sudo -n true 2>/dev/null || return 1
    as_root=(sudo -n)
  fi
  if command -v apt-get >/dev/null; then
    { "${as_root[@]}" apt-get install --yes --quiet "$1" ||
      { "${as_root[@]}" apt-get update --quiet && "${as_root[@]}" apt-get install --yes --quiet "$1"; }; } >/dev/null 2>&1
  elif command -v dnf >/dev/null; then
    "${as_root[@]}" dnf install --assumeyes --quiet "$1" >/dev/null 2>&1
  elif command -v pacman >/dev/null; then
    "${as_root[@]}" pacman --sync --noconfirm --quiet "$1" >/dev/null 2>&1
  elif command -v apk >/dev/null; then
    "${as_root[@]}" apk add --quiet "$1" >/dev/null 2>&1
  else
    return 1
  fi
}

find_instruction_tools() {
  local target=$1 version
  if [ -n "${GATE_NO_VALGRIND:-}" ]; then
    no_instructions_because="GATE_NO_VALGRIND is set"
    return 1
  fi
  if ! command -v valgrind >/dev/null; then
    echo "gate: valgrind is missing, trying the system's packages" >&2
    if ! install_package valgrind || ! command -v valgrind >/dev/null; then
      no_instructions_because="valgrind is not installed and could not be; install the package \`valgrind\`"
      return 1
    fi
  fi
  version=$(runner_version)
  export IAI_CALLGRIND_RUNNER=$target/tools/bin/iai-callgrind-runner
  # The runner itself tells its version to nobody but the library; cargo keeps a list of what it installed.
  if ! grep -qF "\"iai-callgrind-runner $version " "$target/tools/.crates.toml" 2>/dev/null; then
    echo "gate: installing iai-callgrind-runner $version into $target/tools" >&2
    if ! cargo install --quiet --locked --root "$target/tools" iai-callgrind-runner --version "$version" >&2; then
      no_instructions_because="iai-callgrind-runner $version could not be installed"
      return 1
    fi
  fi
}

# Run, not sourced: for the environment of later steps of a workflow.
if [ "${BASH_SOURCE[0]}" = "$0" ]; then
  cd "$(dirname "$0")/.." || exit
  if find_instruction_tools "$PWD/target"; then
    echo "IAI_CALLGRIND_RUNNER=$IAI_CALLGRIND_RUNNER"
  else
    echo "gate: instructions are not counted here: $no_instructions_because" >&2
    echo "WITHOUT=instructions"
  fi
fi
