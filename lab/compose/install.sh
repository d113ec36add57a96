#!/bin/bash
# Builds Docker Compose from its released Go module, with the machine's Go, for a docker command that has none.
#
#   lab/compose/install.sh    builds it if it is missing, then prints the folder for DOCKER_CONFIG that holds it
#
# It stands in a folder of our own, so that nobody's ~/.docker is touched: DOCKER_CONFIG=… docker compose version
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
version=$(sed -n 's,^\s*github.com/docker/compose/v5 v\([^ ]*\).*,\1,p' "$here/go.mod")
done_dir=${REMORA_CACHE:-${HOME:-~}/.cache/remora}/compose/$version

. "$here/../build-once.sh"

build() {
    echo "lab/compose: building Docker Compose $version with $(go env GOVERSION) (about a minute, once)" >&2
    (cd "$here" && go build -buildvcs=false -ldflags "-s -w -X github.com/docker/compose/v5/internal.Version=v$version" \
        -o "$1/cli-plugins/docker-compose" github.com/docker/compose/v5/cmd)
}

build_once lab/compose "Docker Compose" "$done_dir" build
echo "$done_dir"
