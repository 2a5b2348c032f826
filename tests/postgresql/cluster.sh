#!/usr/bin/env bash
# A throw-away PostgreSQL server for tests and benchmarks.
#
#   cluster.sh start [--durable]            starts one, prints its directory
#   cluster.sh url DIRECTORY                prints its URL
#   cluster.sh stop DIRECTORY               stops it and removes the directory
#   cluster.sh with [--durable] COMMAND…    starts one, runs COMMAND with its URL in
#                                           SAFEGROUND_TEST_POSTGRES, stops it whatever happens
#
# The server listens on a Unix socket in its own directory and nowhere else, never runs as root (root
# becomes the user postgres), and shares nothing with a server that the system runs. It does not wait
# for the disk unless --durable is given. Nothing in it outlives `stop`.
set -euo pipefail
shopt -s inherit_errexit

readonly PREFIX=safeground-postgresql

fail() {
    echo "cluster.sh: $*" >&2
    exit 1
}

usage() {
    sed -n '2,12{s/^# \{0,1\}//;p}' "$0" >&2
    exit 2
}

# The newest server on this machine; PGBIN overrides.
server_programs() {
    local found
    if [[ -n ${PGBIN:-} ]]; then
        found=$PGBIN
    else
        found=$(find /usr/lib/postgresql /usr/pgsql-* -maxdepth 3 -name initdb -printf '%h\n' 2>/dev/null |
            sort -V | tail -n 1) || true
        [[ -n $found ]] || found=$(dirname "$(command -v initdb || true)")
    fi
    [[ -x $found/initdb ]] || fail "no PostgreSQL server found; 'make setup' installs one"
    echo "$found"
}

# PostgreSQL refuses to run as root. The working directory may be closed to the other user.
as_server_user() {
    cd /
    if ((EUID != 0)); then
        "$@"
    else
        setpriv --reuid=postgres --regid=postgres --init-groups "$@"
    fi
}

write_settings() {
    local directory=$1 durable=$2
    cat <<SETTINGS
listen_addresses = ''
unix_socket_directories = '$directory'
unix_socket_permissions = 0700
port = 5432
max_connections = 200
timezone = 'UTC'
log_timezone = 'UTC'
jit = off
SETTINGS
    if [[ $durable == yes ]]; then
        # What an administrator of a machine with some memory would set: a peer is measured at its best.
        cat <<SETTINGS
shared_buffers = '1GB'
effective_cache_size = '4GB'
work_mem = '64MB'
maintenance_work_mem = '512MB'
max_wal_size = '4GB'
checkpoint_timeout = '15min'
random_page_cost = 1.1
SETTINGS
    else
        cat <<SETTINGS
fsync = off
synchronous_commit = off
full_page_writes = off
SETTINGS
    fi
}

# Identifies a process beyond the reuse of its number: pid and start time.
process_identity() {
    local stat
    { stat=$(<"/proc/$1/stat"); } 2>/dev/null || return 1
    # The name in brackets may hold spaces; the start time is the 20th field after it.
    read -r -a stat <<<"${stat##*) }"
    echo "$1 ${stat[19]}"
}

# Removes servers whose `with` was killed before it could.
sweep_leftovers() {
    local directory owner
    for directory in "$1/$PREFIX".*/; do
        [[ -O $directory || $EUID -eq 0 ]] || continue
        [[ -s $directory/owner ]] || continue
        owner=$(<"$directory/owner")
        [[ $(process_identity "${owner%% *}" || true) == "$owner" ]] || stop "${directory%/}"
    done
}

start() {
    local durable=$1 owner=$2 programs base directory
    programs=$(server_programs)
    if ((EUID == 0)); then
        id postgres >/dev/null 2>&1 || fail "running as root needs the user postgres of Debian's package"
    fi
    base=${TMPDIR:-/tmp}
    # A socket's path has at most 107 bytes, and the server's user must be able to reach it.
    if ((${#base} > 60)) || ! as_server_user test -x "$base"; then
        base=/tmp
    fi
    sweep_leftovers "$base"
    directory=$(mktemp -d "$base/$PREFIX.XXXXXX")
    if [[ -n $owner ]]; then echo "$owner" >"$directory/owner"; fi
    ((EUID != 0)) || chown -R postgres: "$directory"
    if ! launch "$programs" "$directory" "$durable"; then
        cat "$directory"/*.log >&2 || true
        stop "$directory"
        fail "the server did not start"
    fi
    echo "$directory"
}

launch() {
    local programs=$1 directory=$2 durable=$3 settings
    settings=$(write_settings "$directory" "$durable")
    as_server_user "$programs/initdb" --pgdata="$directory/data" --username=postgres --auth=trust \
        --encoding=UTF8 --locale=C.UTF-8 --no-sync >"$directory/initdb.log" 2>&1 || return 1
    echo "$settings" >>"$directory/data/postgresql.conf"
    as_server_user "$programs/pg_ctl" --pgdata="$directory/data" --log="$directory/server.log" \
        --wait --timeout=60 start >"$directory/start.log" 2>&1
}

stop() {
    local directory=$1 programs
    # Only ever remove what `start` made.
    [[ ${directory##*/} == "$PREFIX".* && -d $directory ]] || fail "not a throw-away server: $directory"
    programs=$(server_programs)
    if [[ -e $directory/data/postmaster.pid ]]; then
        as_server_user "$programs/pg_ctl" --pgdata="$directory/data" --mode=immediate --wait stop \
            >/dev/null 2>&1 || true
    fi
    rm -rf "$directory"
}

url() {
    [[ -d $1/data ]] || fail "not a throw-away server: $1"
    # The only characters of a mktemp path that a URL's host cannot hold.
    local host=${1//%/%25}
    echo "postgres://postgres@${host//\//%2F}/postgres"
}

run_with() {
    local durable=$1 status=0
    shift
    (($#)) || usage
    directory=$(start "$durable" "$(process_identity $$)")
    # Not local: the trap runs when this function is over. A signal ends the script through it.
    trap 'stop "$directory"' EXIT
    trap 'exit 130' INT TERM HUP
    # These would send a client elsewhere than the URL says.
    unset PGHOST PGHOSTADDR PGPORT PGUSER PGDATABASE PGPASSWORD PGSERVICE PGOPTIONS
    SAFEGROUND_TEST_POSTGRES=$(url "$directory") "$@" || status=$?
    return "$status"
}

(($#)) || usage
command=$1
shift
durable=no
if [[ ${1:-} == --durable ]]; then
    durable=yes
    shift
fi
case $command in
start) (($# == 0)) || usage && start "$durable" "" ;;
url) (($# == 1)) || usage && url "$1" ;;
stop) (($# == 1)) || usage && stop "${1%/}" ;;
with) run_with "$durable" "$@" ;;
*) usage ;;
esac
