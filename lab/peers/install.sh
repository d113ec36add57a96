#!/bin/bash
# Builds the real peers that the lab's tests talk to, from their released Go modules, with the machine's Go.
#
#   lab/peers/install.sh          builds what is missing, then prints the folder that holds the programs
#   lab/peers/install.sh --where  prints the folder only
#
# The folder carries the versions in its name.
set -euo pipefail

tailscale=1.102.5
older=1.80.3 # the oldest that our control server serves: tailscale and tailscaled with this behind their names
headscale=0.29.0

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
done_dir=${REMORA_CACHE:-${HOME:-~}/.cache/remora}/peers/tailscale-$tailscale-$older-headscale-$headscale
if [[ ${1:-} == --where ]]; then
    echo "$done_dir/bin"
    exit 0
fi

. "$here/../build-once.sh"

build() {
    echo "lab/peers: building tailscale, tailscaled, derper, containerboot $tailscale, tailscale and tailscaled $older and headscale $headscale with $(go env GOVERSION) into $done_dir (about 8 minutes on 2 cores, once)" >&2
    GOBIN=$1/bin go install -buildvcs=false \
        tailscale.com/cmd/{tailscale,tailscaled,derper,containerboot}@v$tailscale
    GOBIN=$1/older go install -buildvcs=false tailscale.com/cmd/{tailscale,tailscaled}@v$older
    for program in tailscale tailscaled; do mv "$1/older/$program" "$1/bin/$program-$older"; done
    rmdir "$1/older"
    (cd "$here" && go build -buildvcs=false -o "$1/bin/headscale" github.com/juanfont/headscale/cmd/headscale)
}

build_once lab/peers "what the lab talks to" "$done_dir" build
echo "$done_dir/bin"
