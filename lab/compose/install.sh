#!/bin/bash
# Builds Docker Compose from its released Go module, with the machine's Go, for a docker command that has none.
#
#   lab/compose/install.sh    builds it if it is missing, then prints the folder for DOCKER_CONFIG that holds it
#
# It stands in a folder of our own, so that nobody's ~/.docker is touched: DOCKER_CONFIG=… docker compose version
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
version=$(sed -n 's,^\s*github.com/docker/compose/v5 v\([^ ]*\).*,\1,p' "$here/go.mod")
cache=${REMORA_CACHE:-${HOME:-~}/.cache/remora}/compose
done_dir=$cache/$version

if [[ ! -d $done_dir ]]; then
    PATH=$PATH:/usr/local/go/bin:/usr/lib/go/bin
    if ! command -v go >/dev/null; then
        echo "lab/compose: Docker Compose is built from source, and Go (1.26 or newer) is not on this machine: install it and run this again." >&2
        exit 1
    fi
    mkdir -p "$cache"
    exec 9>"$cache/.lock"
    flock 9 # a second run waits for the first one and then finds its work done
fi

if [[ ! -d $done_dir ]]; then
    echo "lab/compose: building Docker Compose $version with $(go env GOVERSION) (about a minute, once)" >&2
    aside=$(mktemp -d "$cache/building.XXXXXX")
    trap 'rm -rf "$aside"' EXIT
    (cd "$here" && go build -buildvcs=false -ldflags "-s -w -X github.com/docker/compose/v5/internal.Version=v$version" \
        -o "$aside/cli-plugins/docker-compose" github.com/docker/compose/v5/cmd)
    chmod 755 "$aside"
    mv -T "$aside" "$done_dir"
    trap - EXIT
fi
echo "$done_dir"
