#!/usr/bin/env bash
# Runs clients and validators of others against the built programme: GDAL (its files too, which
# validators of GeoPackage and GeoJSON look at), OWSLib, QGIS, the examples of docs/clients and schemathesis.
#
# Usage: run.sh SAFEGROUND FOLDER. SAFEGROUND is the executable, FOLDER is for what is installed and
# written here. QGIS is left out, and says so, where Debian's python3-qgis is not installed.
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

"$python" "$here/clients.py" "$base" "$token"
"$python" "$here/examples.py" "$base" "$token"
"$python" "$here/formats.py" "$safeground" "$scene/formats"

if /usr/bin/python3 -c 'import qgis.core' 2>/dev/null; then
    XDG_RUNTIME_DIR=$scene /usr/bin/python3 "$here/qgis_layer.py" "$base"
    XDG_RUNTIME_DIR=$scene /usr/bin/python3 "$here/qgis_example.py" "$base"
else
    echo "left out: QGIS, since python3-qgis is not installed"
fi

"$python" "$here/guessable.py" "$base/api" "$scene/api.json"
cd "$scene"
if ! "$folder/python/bin/schemathesis" --config-file "$here/schemathesis.toml" run api.json --url "$base" --seed 1 --max-examples 15 \
    --header "Authorization: Bearer $token" >schemathesis.log 2>&1; then
    cat schemathesis.log
    exit 1
fi
grep -E "generated" schemathesis.log
echo "ok   schemathesis finds nothing"
