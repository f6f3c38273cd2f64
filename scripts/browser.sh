#!/usr/bin/env bash
# shellcheck disable=SC2034 # whoever sources this reads it
# For sourcing: find_browser makes chromium and its driver available, for the test of the HTML report, or says why it cannot.
#
# Sets REGRESS_BROWSER on success, no_browser_because on failure. Wants install_package of instruction_tools.sh.

find_browser() {
  if ! command -v chromedriver >/dev/null; then
    echo "test: a browser is missing, trying the system's packages" >&2
    install_package chromium || true
    install_package chromium-driver || install_package chromium-chromedriver || install_package chromedriver || true
  fi
  if ! command -v chromedriver >/dev/null; then
    no_browser_because="chromedriver is not installed and could not be; install chromium and its driver"
    return 1
  fi
  export REGRESS_BROWSER=required
}
