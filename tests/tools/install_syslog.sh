#!/usr/bin/env bash
# Puts rsyslog and syslog-ng where the tests look for them, on Debian and Ubuntu. Their packages
# exclude each other, so they are unpacked into a folder rather than installed: that needs no root
# and changes nothing else. The lists of `apt-get update` must be there.
#
#     tests/tools/install_syslog.sh [FOLDER]    default: $LOGWIRE_SYSLOG, or ~/.cache/logwire/syslog
set -euo pipefail
folder=$(realpath -m "${1:-${LOGWIRE_SYSLOG:-${XDG_CACHE_HOME:-$HOME/.cache}/logwire/syslog}}")

# The packages, and of what they depend on what this machine lacks.
needed() {
  printf '%s\n' "$@"
  apt-get install --simulate --no-install-recommends "$@" | awk '$1 == "Inst" { print $2 }'
}

# Starts a program with the libraries that lie beside it.
launcher() { # launcher <program> <option>
  printf '#!/bin/sh\nexport LD_LIBRARY_PATH="%s"\nexec "%s" "%s" "$@"\n' \
    "${libraries%:}" "$folder/usr/sbin/$1" "$2" >"$folder/bin/$1"
  chmod +x "$folder/bin/$1"
}

downloads=$(mktemp -d)
trap 'rm -rf "$downloads"' EXIT
packages=$(needed rsyslog rsyslog-gnutls rsyslog-relp && needed syslog-ng-core)
# shellcheck disable=SC2086 # each word is a package
(cd "$downloads" && apt-get download -qq -o APT::Sandbox::User= $(sort -u <<<"$packages"))
mkdir -p "$folder/bin"
for package in "$downloads"/*.deb; do dpkg-deb --extract "$package" "$folder"; done

libraries=$(printf "%s:" "$folder"/{usr/lib,lib}/*-linux-* "$folder/usr/lib/syslog-ng")
launcher rsyslogd "-M$(echo "$folder"/usr/lib/*-linux-*/rsyslog)"
launcher syslog-ng "--module-path=$(echo "$folder"/usr/lib/syslog-ng/[0-9]*)"
