#!/bin/sh
# SPDX-FileCopyrightText: 2026 The aiot authors
# SPDX-License-Identifier: Apache-2.0
#
# fetch_source.sh SOURCE PACKAGE DIR: the source of a library, of the version that Debian packages as
# PACKAGE, unpacked once into DIR/SOURCE-VERSION; prints that path. apt checks signature and checksum.
# Sources lists and state are private, because deb-src is often off and the caller may not be root.
set -eu

source=$1
package=$2
cache=$3
version=$(dpkg-query -W -f '${source:Version}' "$package" 2>/dev/null || true)
if [ -z "$version" ]; then
  version=$(apt-cache policy "$package" 2>/dev/null | sed -n 's/ *Candidate: //p')
fi
[ -n "$version" ] || {
  echo "no Debian package $package here" >&2
  exit 1
}
mkdir -p "$cache"
cache=$(cd "$cache" && pwd)
target=$cache/$source-$version
if [ ! -d "$target" ]; then
  work=$(mktemp -d "$cache/fetch.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  mkdir -p "$work/lists/partial" "$work/archives/partial" "$work/source"
  # The machine's own mirrors, as source lists.
  apt-get indextargets --format '$(ORIGIN) $(SITE) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' |
    awk '$1 == "Debian" || $1 == "$(ORIGIN)" {print "deb-src", $2, $3, $4}' | sort -u > "$work/sources.list"
  apt_private() {
    apt-get -q -o Dir::Etc::SourceList="$work/sources.list" -o Dir::Etc::SourceParts=/dev/null \
      -o Dir::State::Lists="$work/lists" -o Dir::Cache="$work" -o Dir::Cache::Archives="$work/archives" \
      -o Dir::State::Status=/var/lib/dpkg/status -o APT::Sandbox::User="$(id -un)" \
      -o APT::Update::Post-Invoke-Success::= -o Acquire::Languages=none "$@"
  }
  log=$work/log
  ( apt_private update && cd "$work/source" && apt_private source "$source=$version" ) > "$log" 2>&1 || {
    tail -n 20 "$log" >&2
    echo "apt could not fetch the source of $source $version" >&2
    exit 1
  }
  unpacked=$(find "$work/source" -mindepth 1 -maxdepth 1 -type d)
  mv -T "$unpacked" "$target" 2>/dev/null || [ -d "$target" ]
fi
echo "$target"
