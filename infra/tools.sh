#!/usr/bin/env bash
# Provides the cargo tools that linting and testing need, at a known version, outside the clone.
#
#   infra/tools.sh cargo-deny        prints the folder that holds the program, to put on PATH
#
# A tool already on PATH is taken when it is recent enough; otherwise the pinned version is built
# once into the cache folder (a few minutes) and reused from then on.
set -euo pipefail

# To raise a version, change it here. The second figure is the oldest release that will do.
pinned() {
  case $1 in
    cargo-deny) echo 0.20.2 0.20.0 ;;
    cargo-nextest) echo 0.9.143 0.9.100 ;;
    *) echo "tools.sh: unknown tool '$1' (known: cargo-deny, cargo-nextest)" >&2; return 2 ;;
  esac
}

# Prints the version of the program $1 (a cargo subcommand); fails where it does not run.
# `cargo-nextest` wants its subcommand's name first, so the name is passed to both.
version_of() {
  local name=${1##*/} out
  if [[ $name == cargo-nextest ]]; then out=$("$1" nextest --version 2>/dev/null) || return 1
  else out=$("$1" --version 2>/dev/null) || return 1; fi
  [[ $out =~ ([0-9]+\.[0-9]+\.[0-9]+) ]] && echo "${BASH_REMATCH[1]}"
}

# Is version $1 at least version $2?
at_least() { [[ $(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n1) == "$2" ]]; }

tool=${1:?usage: infra/tools.sh cargo-deny|cargo-nextest}
read -r version oldest <<<"$(pinned "$tool")"
[[ -n $version ]] || exit 2
cache=${NEONEX_TOOLS_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/neonex/tools}
root=$cache/$tool-$version

if [[ $(version_of "$root/bin/$tool" || true) != "$version" ]]; then
  if found=$(command -v "$tool") && have=$(version_of "$found") && at_least "$have" "$oldest"; then
    dirname "$found"
    exit 0
  fi
  echo "tools.sh: building $tool $version into $root (once; this takes a few minutes)" >&2
  flags=()
  # nextest's updater is of no use to a build that pins its version.
  [[ $tool == cargo-nextest ]] && flags=(--no-default-features --features default-no-update)
  # Outside the clone, so that neither the toolchain file nor the cargo settings of the clone apply;
  # a target folder of its own, so that it does not wait for a workspace build.
  mkdir -p "$cache"
  (cd "$cache" && CARGO_TARGET_DIR=$cache/target cargo install --locked --quiet --force \
    --version "$version" --root "$root" "${flags[@]}" "$tool") >&2
  rm -rf "${cache:?}/target"
fi
echo "$root/bin"
