#!/bin/bash
# Builds the real peers that the lab's tests talk to, from their released Go modules, with the machine's Go.
#
#   lab/peers/install.sh          builds what is missing, then prints the folder that holds the programs
#   lab/peers/install.sh --where  prints the folder only
#
# The folder carries the versions in its name and appears only when every program in it is complete, so a
# run that was interrupted leaves nothing half done, and a second run has nothing to do.
set -euo pipefail

tailscale=1.102.5
older=1.80.3 # the oldest that our control server serves: tailscale and tailscaled with this behind their names
headscale=0.29.0

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
peers=${REMORA_CACHE:-${HOME:-~}/.cache/remora}/peers
done_dir=$peers/tailscale-$tailscale-$older-headscale-$headscale
if [[ ${1:-} == --where ]]; then
    echo "$done_dir/bin"
    exit 0
fi

if [[ ! -d $done_dir ]]; then
    PATH=$PATH:/usr/local/go/bin:/usr/lib/go/bin
    if ! command -v go >/dev/null; then
        echo "lab/peers: the real peers are built from source, and Go (1.26 or newer) is not on this machine: install it and run this again." >&2
        exit 1
    fi
    mkdir -p "$peers"
    exec 9>"$peers/.lock"
    flock 9 # a second run waits for the first one and then finds its work done
fi

if [[ ! -d $done_dir ]]; then
    echo "lab/peers: building tailscale, tailscaled, derper, containerboot $tailscale, tailscale and tailscaled $older and headscale $headscale with $(go env GOVERSION) into $done_dir (about 8 minutes on 2 cores, once)" >&2
    aside=$(mktemp -d "$peers/building.XXXXXX")
    trap 'rm -rf "$aside"' EXIT
    GOBIN=$aside/bin go install -buildvcs=false \
        tailscale.com/cmd/{tailscale,tailscaled,derper,containerboot}@v$tailscale
    GOBIN=$aside/older go install -buildvcs=false tailscale.com/cmd/{tailscale,tailscaled}@v$older
    for program in tailscale tailscaled; do mv "$aside/older/$program" "$aside/bin/$program-$older"; done
    rmdir "$aside/older"
    (cd "$here" && go build -buildvcs=false -o "$aside/bin/headscale" github.com/juanfont/headscale/cmd/headscale)
    chmod 755 "$aside"
    mv -T "$aside" "$done_dir"
    trap - EXIT
fi
echo "$done_dir/bin"
