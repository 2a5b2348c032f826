#!/usr/bin/env bash
# Runs clients and validators of others against the built programme: GDAL (its files too, which
# validators of GeoPackage and GeoJSON look at), OWSLib, QGIS, the examples of docs/clients and schemathesis.
#
# Usage: run.sh SAFEGROUND FOLDER. SAFEGROUND is the executable, FOLDER is for what is installed and
# written here. QGIS is left out, and says so, where Debian's python3-qgis is not installed. Each part says
# how long it took.
set -euo pipefail

safeground=$(realpath "$1")
folder=$(mkdir -p "$2" && realpath "$2")
here=$(dirname "$(realpath "$0")")

if ! cmp --silent "$here/requirements.txt" "$folder/python/installed.txt"; then
    python3 -m venv "$folder/python"
    "$folder/python/bin/python" -m pip install --quiet --requirement "$here/requirements.txt"
    cp "$here/requirements.txt" "$folder/python/installed.txt"
fi
python=$folder/python/bin/python

scene=$(mktemp -d "$folder/scene.XXXXXX")
"$safeground" demo --records 2000 --database "sqlite:$scene/demo.sqlite" >"$scene/demo.log"
token=$("$safeground" token add --database "sqlite:$scene/demo.sqlite" \
    --name interop --programme cambodia --role manager)
"$safeground" serve --database "sqlite:$scene/demo.sqlite" --listen 127.0.0.1:0 --log warn \
    >"$scene/serve.log" 2>&1 &
server=$!
trap 'kill "$server" 2>/dev/null || true; rm -rf "$scene"' EXIT
for _ in $(seq 100); do
    address=$(sed -n 's#^Open \(http://[^/]*\)/.*#\1#p' "$scene/serve.log")
    if [[ -n $address ]]; then break; fi
    sleep 0.2
done
base=$address/programmes/cambodia

part() {
    local started=$SECONDS
    echo "== $1"
    shift
    "$@"
    echo "     $((SECONDS - started)) s"
}

part clients "$python" "$here/clients.py" "$base" "$token" "$scene"
part examples "$python" "$here/examples.py" "$base" "$token"
part formats "$python" "$here/formats.py" "$safeground" "$scene/formats"

if /usr/bin/python3 -c 'import qgis.core' 2>/dev/null; then
    export XDG_RUNTIME_DIR=$scene
    part qgis /usr/bin/python3 "$here/qgis_layer.py" "$base" "$token" "$scene"
    part qgis_example /usr/bin/python3 "$here/qgis_example.py" "$base"
else
    echo "left out: QGIS, since python3-qgis is not installed"
fi

# The definition without what a schema cannot describe: whatever it allows is to be taken. Then the whole
# one, of which not everything can be: no fault, no answer that it does not tell of.
schemathesis() {
    local what=$1
    shift
    if ! "$folder/python/bin/schemathesis" --config-file "$here/schemathesis.toml" run "$what.json" --url "$base" \
        --seed 1 --header "Authorization: Bearer $token" "$@" >"$what.log" 2>&1; then
        cat "$what.log"
        exit 1
    fi
    grep -E "Selected|generated" "$what.log"
    echo "ok   schemathesis finds nothing in $what"
}

cd "$scene"
"$python" "$here/guessable.py" "$base/api" whole.json guessable.json
part guessable schemathesis guessable --max-examples 15
part whole schemathesis whole --max-examples 8 --phases fuzzing \
    --exclude-checks positive_data_acceptance,negative_data_rejection
