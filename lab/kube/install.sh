#!/bin/bash
# Builds a Kubernetes API server and its etcd from their released Go modules, with the machine's Go.
#
#   lab/kube/install.sh          builds them if they are missing, then prints the folder that holds them
#   lab/kube/install.sh --where  prints the folder only
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
version=$(sed -n 's,^\s*k8s.io/kubernetes v\([^ ]*\).*,\1,p' "$here/go.mod")
done_dir=${REMORA_CACHE:-${HOME:-~}/.cache/remora}/kube/$version
if [[ ${1:-} == --where ]]; then
    echo "$done_dir"
    exit 0
fi

. "$here/../build-once.sh"

build() {
    echo "lab/kube: building kube-apiserver $version and etcd with $(go env GOVERSION) into $done_dir (about 5 minutes on 2 cores, once)" >&2
    (cd "$here" && go build -buildvcs=false -ldflags "-s -w -X k8s.io/component-base/version.gitVersion=v$version" \
        -o "$1/" k8s.io/kubernetes/cmd/kube-apiserver &&
        go build -buildvcs=false -ldflags "-s -w" -o "$1/etcd" go.etcd.io/etcd/server/v3)
}

build_once lab/kube "Kubernetes' API server" "$done_dir" build
echo "$done_dir"
