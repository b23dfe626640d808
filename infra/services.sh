#!/usr/bin/env bash
# Makes PostgreSQL (also one with pgvector), MariaDB and Redis available to the tests, and the programs of
# others that they check the server with: Prometheus' promtool its metrics, aiosmtpd its mails, oathtool its
# one-time passwords, Chromium (by chromedriver) its passkeys, an OpenID provider from npm its sign-ins by one
# (NEONEX_TEST_OIDC_PROVIDER names the folder that holds its node_modules).
#
#   eval "$(infra/services.sh up)"   use what is reachable, install and start what is not (Debian),
#                                    and print the addresses as `export NEONEX_TEST_…=` lines
#   infra/services.sh status         say what is reachable; changes nothing, fails if one is missing
#
# An address set in NEONEX_TEST_POSTGRES_URL, NEONEX_TEST_PGVECTOR_URL, NEONEX_TEST_MARIADB_URL or NEONEX_TEST_REDIS_URL is
# used as it is: the script checks that it answers and that the account may create databases, and
# fails otherwise. It never replaces an address that was given.
#
# Without one, the local server on its usual port is used. The script makes an account
# `neonex_test` there, which may create databases (MariaDB: those named `neonex_test…`). On
# PostgreSQL it is an ordinary role: neither superuser nor BYPASSRLS, or row-level security would
# not be tested. Safe to run again at any time.
set -euo pipefail

readonly account=neonex_test
readonly pg_default="postgres://$account:$account@127.0.0.1:5432/$account"
readonly pgvector_default="postgres://$account:$account@127.0.0.1:5433/$account"
# Where that server runs from: nobody but root may look into root's cache.
readonly pgvector_home=/var/lib/neonex-test-pgvector
readonly maria_default="mysql://$account:$account@127.0.0.1:3306/$account"
# A high database number, away from what else may live on a developer's Redis.
readonly redis_default="redis://127.0.0.1:6379/15"
readonly patience=60 # seconds a server gets to answer after its start

say() { echo "services.sh: $*" >&2; }
die() { say "$@"; exit 1; }

as_root() {
  if [[ $EUID -eq 0 ]]; then "$@"
  elif command -v sudo >/dev/null; then sudo -- "$@"
  else die "need root to run '$*': run this as root, install sudo, or set the NEONEX_TEST_…_URL variables"
  fi
}

as_user() { # user, command…
  local user=$1; shift
  if [[ $EUID -eq 0 ]]; then (cd / && runuser -u "$user" -- "$@")
  elif command -v sudo >/dev/null; then (cd / && sudo -n -u "$user" -- "$@")
  else return 1
  fi
}

apt_updated=
install_packages() {
  command -v apt-get >/dev/null \
    || die "cannot install $*: no apt-get here; start the servers yourself and set NEONEX_TEST_POSTGRES_URL, NEONEX_TEST_MARIADB_URL, NEONEX_TEST_REDIS_URL"
  say "installing $*"
  if [[ -z $apt_updated ]]; then
    as_root apt-get update -qq >&2 || die "apt-get update failed"
    apt_updated=yes
  fi
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >&2 \
    || die "could not install $*"
}

need_client() { # program, package
  command -v "$1" >/dev/null || install_packages "$2"
}

listening() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# Brings up a local server where its port is silent. Arguments: name, port, service, packages…
ensure_server() {
  local name=$1 port=$2 service=$3; shift 3
  listening "$port" && return
  install_packages "$@"
  # Installing may have started it; a container without an init system will not have.
  if ! listening "$port"; then
    say "starting $name"
    as_root service "$service" start >&2 || die "could not start $name: see 'service $service status'"
  fi
  local deadline=$((SECONDS + patience))
  until listening "$port"; do
    [[ $SECONDS -lt $deadline ]] || die "$name was started but port $port does not answer after $patience s (does its configuration name another port?)"
    sleep 0.5
  done
}

# ---- PostgreSQL

pg_ready() { # url: does it answer, and may the role create databases?
  [[ $(PGCONNECT_TIMEOUT=5 psql -w -d "$1" -XAtc \
    'select rolcreatedb or rolsuper from pg_roles where rolname = current_user' 2>&1) == t ]]
}

pg_admin() { # runs psql as someone who may create roles, by whichever way in is open
  if PGCONNECT_TIMEOUT=5 psql -w -h 127.0.0.1 -p 5432 -U postgres -d postgres -XAtc '' >/dev/null 2>&1; then
    psql -w -h 127.0.0.1 -p 5432 -U postgres -d postgres -v ON_ERROR_STOP=1 -XqAt "$@"
  else
    as_user postgres psql -w -p 5432 -d postgres -v ON_ERROR_STOP=1 -XqAt "$@"
  fi
}

postgres_up() {
  need_client psql postgresql-client
  if [[ -n ${NEONEX_TEST_POSTGRES_URL:-} ]]; then
    pg_ready "$NEONEX_TEST_POSTGRES_URL" \
      || die "NEONEX_TEST_POSTGRES_URL is set, but it does not answer or its role may not create databases"
    pg_url=$NEONEX_TEST_POSTGRES_URL
    return
  fi
  ensure_server PostgreSQL 5432 postgresql postgresql
  pg_url=$pg_default
  pg_ready "$pg_url" && return
  # Right after a start the port may answer before the server does.
  local deadline=$((SECONDS + patience))
  until pg_admin -c '' >/dev/null 2>&1; do
    [[ $SECONDS -lt $deadline ]] \
      || die "PostgreSQL answers on 127.0.0.1:5432, but neither role '$account' nor an administrator can sign in; set NEONEX_TEST_POSTGRES_URL to a role with CREATEDB"
    sleep 1
  done
  pg_admin >&2 <<SQL || die "could not create the PostgreSQL role '$account'"
select 'create role $account' where not exists (select from pg_roles where rolname = '$account') \gexec
alter role $account login createdb nosuperuser nobypassrls password '$account';
select 'create database $account owner $account' where not exists (select from pg_database where datname = '$account') \gexec
SQL
  pg_ready "$pg_url" || die "PostgreSQL role '$account' exists, but cannot sign in at 127.0.0.1:5432: look at pg_hba.conf"
}

# ---- PostgreSQL with pgvector, on a port of its own

pgvector_ready() { # url: as above, and do new databases have the extension?
  pg_ready "$1" && [[ $(PGCONNECT_TIMEOUT=5 psql -w -d "$1" -XAtc \
    "select count(*) from pg_extension where extname = 'vector'" 2>&1) == 1 ]]
}

pgvector_up() {
  if [[ -n ${NEONEX_TEST_PGVECTOR_URL:-} ]]; then
    pgvector_ready "$NEONEX_TEST_PGVECTOR_URL" \
      || die "NEONEX_TEST_PGVECTOR_URL is set, but it does not answer, its role may not create databases, or its database lacks the extension vector"
    pgvector_url=$NEONEX_TEST_PGVECTOR_URL
    return
  fi
  pgvector_url=$pgvector_default
  pgvector_ready "$pgvector_url" && return
  local bin=$pgvector_home/pgserver/pginstall/bin installed
  if [[ ! -x $bin/pg_ctl ]]; then
    installed=$("$(dirname "${BASH_SOURCE[0]}")/tools.sh" pgvector)
    as_root rm -rf "$pgvector_home"
    as_root cp -a "${installed%/pgserver/pginstall}" "$pgvector_home"
    as_root chmod -R a+rX "$pgvector_home"
    as_root install -d -o postgres "$pgvector_home/data"
  fi
  if [[ -z $(as_root ls "$pgvector_home/data") ]]; then
    as_user postgres "$bin/initdb" -D "$pgvector_home/data" -A trust -U postgres -E UTF8 --locale=C >/dev/null \
      || die "could not make the data of the PostgreSQL with pgvector"
  fi
  if ! listening 5433; then
    say "starting PostgreSQL with pgvector"
    as_user postgres "$bin/pg_ctl" -D "$pgvector_home/data" -l "$pgvector_home/data/log" -w \
      -o "-p 5433 -c listen_addresses=127.0.0.1 -c unix_socket_directories=" start >/dev/null 2>&1 \
      || die "could not start the PostgreSQL with pgvector: see $pgvector_home/data/log"
  fi
  psql -w -h 127.0.0.1 -p 5433 -U postgres -d template1 -v ON_ERROR_STOP=1 -XqAt >&2 <<SQL || die "could not create the role '$account' beside pgvector"
set client_min_messages = warning;
create extension if not exists vector;
select 'create role $account' where not exists (select from pg_roles where rolname = '$account') \gexec
alter role $account login createdb nosuperuser nobypassrls password '$account';
select 'create database $account owner $account' where not exists (select from pg_database where datname = '$account') \gexec
SQL
  pgvector_ready "$pgvector_url" || die "what answers on 127.0.0.1:5433 is no PostgreSQL with pgvector that '$account' can sign in to"
}

# ---- MariaDB

# Splits mysql://user:password@host:port/database into arguments for the client.
maria_args() {
  local pattern='^(mysql|mariadb)://([^:@/]*)(:([^@/]*))?@([^:/?]+)(:([0-9]+))?(/([^?]*))?'
  [[ $1 =~ $pattern ]] || die "not a MariaDB address (mysql://user:password@host:port/database)"
  maria_client=(--no-defaults --protocol=tcp --connect-timeout=5 -N -B
    --host="${BASH_REMATCH[5]}" --port="${BASH_REMATCH[7]:-3306}" --user="${BASH_REMATCH[2]}")
  export MYSQL_PWD="${BASH_REMATCH[4]}"
}

maria_ready() { # url: does it answer, and may the account create and drop databases?
  # In a subshell, so that the password does not stay in the environment. Two runs side by side
  # probe with different names.
  (
    maria_args "$1"
    local probe="${account}_probe_$$"
    mariadb "${maria_client[@]}" -e "create database $probe; drop database $probe" >/dev/null 2>&1
  )
}

maria_answers() { # url; changes nothing
  (maria_args "$1"; mariadb "${maria_client[@]}" -e 'select 1' >/dev/null 2>&1)
}

maria_admin() {
  if mariadb --no-defaults --protocol=tcp -h127.0.0.1 -uroot --connect-timeout=5 -e '' >/dev/null 2>&1; then
    mariadb --no-defaults --protocol=tcp -h127.0.0.1 -uroot "$@"
  else
    as_root mariadb --protocol=socket -uroot "$@"
  fi
}

mariadb_up() {
  need_client mariadb mariadb-client
  if [[ -n ${NEONEX_TEST_MARIADB_URL:-} ]]; then
    maria_ready "$NEONEX_TEST_MARIADB_URL" \
      || die "NEONEX_TEST_MARIADB_URL is set, but it does not answer or its account may not create databases named ${account}…"
    maria_url=$NEONEX_TEST_MARIADB_URL
    return
  fi
  ensure_server MariaDB 3306 mariadb mariadb-server
  maria_url=$maria_default
  maria_ready "$maria_url" && return
  # Both host names: which of the two a connection to 127.0.0.1 gets depends on skip-name-resolve.
  local host sql="create database if not exists $account character set utf8mb4;"
  for host in localhost 127.0.0.1; do
    sql+="create user if not exists '$account'@'$host';"
    sql+="alter user '$account'@'$host' identified by '$account';"
    sql+="grant all on \`${account//_/\\_}%\`.* to '$account'@'$host';"
  done
  maria_admin -e "$sql" >&2 \
    || die "MariaDB answers on 127.0.0.1:3306, but neither account '$account' nor root can sign in; set NEONEX_TEST_MARIADB_URL to an account that may create databases"
  maria_ready "$maria_url" || die "MariaDB account '$account' exists, but may not create databases"
}

# ---- Redis

redis_ready() { [[ $(timeout 5 redis-cli -u "$1" ping 2>/dev/null) == PONG ]]; }

redis_up() {
  need_client redis-cli redis-tools
  if [[ -n ${NEONEX_TEST_REDIS_URL:-} ]]; then
    redis_ready "$NEONEX_TEST_REDIS_URL" || die "NEONEX_TEST_REDIS_URL is set, but it does not answer"
    redis_url=$NEONEX_TEST_REDIS_URL
    return
  fi
  ensure_server Redis 6379 redis-server redis-server
  redis_url=$redis_default
  redis_ready "$redis_url" \
    || die "a server answers on 127.0.0.1:6379, but not to PING; if it wants a password, set NEONEX_TEST_REDIS_URL"
}

# ---- aiosmtpd

# Debian's own Python: another one that comes first on the path does not see its packages.
aiosmtpd_ready() { /usr/bin/python3 -c 'import aiosmtpd' 2>/dev/null; }

# ---- Commands

up() {
  # For the tutorial, whose commands a test runs.
  need_client curl curl
  need_client promtool prometheus
  # The mail server of the tests, which they start themselves, and its certificate.
  need_client openssl openssl
  aiosmtpd_ready || install_packages python3-aiosmtpd
  need_client npm npm
  local oidc=${NEONEX_TEST_OIDC_PROVIDER:-}
  [[ -n $oidc ]] || oidc=$("$(dirname "${BASH_SOURCE[0]}")/tools.sh" oidc-provider)
  [[ -d $oidc/node_modules/oidc-provider ]] || die "there is no oidc-provider in $oidc: see NEONEX_TEST_OIDC_PROVIDER"
  need_client oathtool oathtool
  need_client chromedriver chromium-driver
  postgres_up
  pgvector_up
  mariadb_up
  redis_up
  printf 'export NEONEX_TEST_POSTGRES_URL=%q\n' "$pg_url"
  printf 'export NEONEX_TEST_PGVECTOR_URL=%q\n' "$pgvector_url"
  printf 'export NEONEX_TEST_MARIADB_URL=%q\n' "$maria_url"
  printf 'export NEONEX_TEST_REDIS_URL=%q\n' "$redis_url"
  printf 'export NEONEX_TEST_OIDC_PROVIDER=%q\n' "$oidc"
}

report() { # name, program, check, url; the password is not printed
  local shown
  shown=$(sed -E 's#(://[^:@/]*):[^@/]*@#\1:…@#' <<<"$4")
  if ! command -v "$2" >/dev/null; then
    echo "$1: unknown, the client '$2' is not installed"
    return 1
  elif "$3" "$4"; then
    echo "$1: ready at $shown"
  else
    echo "$1: not ready at $shown"
    return 1
  fi
}

status() {
  local missing=0
  report PostgreSQL psql pg_ready "${NEONEX_TEST_POSTGRES_URL:-$pg_default}" || missing=1
  report pgvector psql pgvector_ready "${NEONEX_TEST_PGVECTOR_URL:-$pgvector_default}" || missing=1
  report MariaDB mariadb maria_answers "${NEONEX_TEST_MARIADB_URL:-$maria_default}" || missing=1
  report Redis redis-cli redis_ready "${NEONEX_TEST_REDIS_URL:-$redis_default}" || missing=1
  local tool
  for tool in promtool oathtool chromedriver; do
    if command -v "$tool" >/dev/null; then echo "$tool: ready"
    else echo "$tool: not installed"; missing=1; fi
  done
  if aiosmtpd_ready; then echo "aiosmtpd: ready"
  else echo "aiosmtpd: not installed"; missing=1; fi
  return "$missing"
}

case ${1:-up} in
  up) up ;;
  status) status ;;
  *) die "unknown command '$1' (up, status)" ;;
esac
