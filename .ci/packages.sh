#!/usr/bin/env bash
# Sees to it that this machine has the system packages that a purpose needs.
#
#   packages.sh build          to compile the product (PROJ, SQLite and libpq come as source)
#   packages.sh build oracle   and to compile the tests (GEOS, which they ask for a second opinion)
#   packages.sh build tests    and to run the tests and the benchmark (PostgreSQL with PostGIS)
#   packages.sh interop        to run clients that are no libraries (QGIS, GDAL for Python, sf for R)
#   packages.sh browser        to try the viewer in a browser (Chromium)
#   packages.sh servers        to measure beside other servers (MapServer)
#
# Does nothing, quickly, when all is there. Otherwise installs what is missing with apt, as root or
# through sudo where that asks no password; where neither is possible it prints what to install.
set -euo pipefail
shopt -s inherit_errexit

missing=()

need() {
    local package=$1
    shift
    "$@" >/dev/null 2>&1 || missing+=("$package")
}

build_packages() {
    need g++ command -v c++
    need make command -v make
    need cmake command -v cmake
    need pkg-config command -v pkg-config
    # The program, with which PROJ makes its database while it is built.
    need sqlite3 command -v sqlite3
}

oracle_packages() {
    need libgeos-dev pkg-config --exists geos
}

tests_packages() {
    local server
    oracle_packages
    # The newest installed server, or else the version that the distribution would install.
    server=$(find /usr/lib/postgresql -maxdepth 3 -name initdb 2>/dev/null |
        sed -n 's,.*/postgresql/\([0-9]*\)/bin/initdb$,\1,p' | sort -n | tail -n 1 || true)
    if [[ -n $server ]]; then
        need "postgresql-$server-postgis-3" test -e "/usr/lib/postgresql/$server/lib/postgis-3.so"
        need "postgresql-$server-postgis-3-scripts" \
            test -e "/usr/share/postgresql/$server/extension/postgis.control"
    elif ! [[ -x ${PGBIN:-}/initdb ]]; then
        missing+=(postgresql-common postgresql postgresql-postgis postgresql-postgis-scripts)
    fi
    need postgresql-client command -v psql
}

interop_packages() {
    need python3-venv python3 -c 'import ensurepip'
    need python3-qgis /usr/bin/python3 -c 'import qgis.core'
    need qgis-providers test -e /usr/lib/qgis/plugins/libprovider_wfs.so
    need python3-gdal /usr/bin/python3 -c 'import osgeo_utils.samples.validate_gpkg'
    need r-cran-sf test -d /usr/lib/R/site-library/sf
}

servers_packages() {
    need python3-venv python3 -c 'import ensurepip'
    need cgi-mapserver test -x /usr/bin/mapserv
    need lighttpd test -x /usr/sbin/lighttpd
}

browser_packages() {
    need chromium command -v chromium
}

# Installing a server makes Debian create and start one for the whole machine. Nobody here asked for it.
keep_debian_from_starting_a_server() {
    local settings=/etc/postgresql-common/createcluster.d
    if [[ " ${missing[*]} " == *" postgresql "* && ! -e $settings/safeground.conf ]]; then
        "$@" mkdir -p "$settings"
        echo 'create_main_cluster = false' | "$@" tee "$settings/safeground.conf" >/dev/null
    fi
}

install_missing() {
    echo "Installing: ${missing[*]}"
    keep_debian_from_starting_a_server "$@"
    "$@" env DEBIAN_FRONTEND=noninteractive apt-get update -q
    "$@" env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${missing[@]}"
}

for purpose in "$@"; do
    case $purpose in
    build | oracle | tests | interop | browser | servers) "${purpose}_packages" ;;
    *)
        echo "packages.sh: unknown purpose: $purpose" >&2
        exit 2
        ;;
    esac
done

if ((${#missing[@]} == 0)); then
    exit 0
elif command -v apt-get >/dev/null && ((EUID == 0)); then
    install_missing env
elif command -v apt-get >/dev/null && sudo -n true 2>/dev/null; then
    install_missing sudo
else
    {
        echo "Missing on this machine:"
        printf '  %s\n' "${missing[@]}"
        echo "On Debian or Ubuntu:"
        echo "  sudo apt-get update && sudo apt-get install --no-install-recommends ${missing[*]}"
        echo "On another system, install the packages of the same purpose and run this again."
    } >&2
    exit 1
fi
