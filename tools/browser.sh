#!/bin/sh
# The browser tests need Debian's chromium and chromedriver; install them where that can be done.
set -u
if command -v chromium >/dev/null 2>&1 && command -v chromedriver >/dev/null 2>&1; then
    exit 0
fi
sudo=
[ "$(id -u)" = 0 ] || sudo="sudo -n"
if command -v apt-get >/dev/null 2>&1; then
    echo "Installing chromium and chromedriver for the browser tests." >&2
    if $sudo apt-get update -qq && $sudo apt-get install -y -qq chromium chromium-driver >/dev/null; then
        exit 0
    fi
fi
echo "No chromium and chromedriver here, and they could not be installed:" >&2
echo "the browser tests will be skipped. On Debian: apt-get install chromium chromium-driver" >&2
exit 0
