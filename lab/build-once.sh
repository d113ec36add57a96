# Sourced by the scripts that build programs from Go modules.
#
# A folder appears only when everything in it is complete, so a run that was interrupted leaves nothing half
# done, and a second run has nothing to do.

# build_once LABEL WHAT FOLDER BUILD: runs the function BUILD with a folder to fill, unless FOLDER is there.
build_once() {
    local label=$1 what=$2 folder=$3 build=$4 aside
    [[ ! -d $folder ]] || return 0
    PATH=$PATH:/usr/local/go/bin:/usr/lib/go/bin
    if ! command -v go >/dev/null; then
        echo "$label: $what is built from source, and Go (1.26 or newer) is not on this machine: install it and run this again." >&2
        exit 1
    fi
    mkdir -p "$(dirname "$folder")"
    exec 9>"$(dirname "$folder")/.lock"
    flock 9 # a second run waits for the first one and then finds its work done
    [[ ! -d $folder ]] || return 0
    aside=$(mktemp -d "$(dirname "$folder")/building.XXXXXX")
    # shellcheck disable=SC2064 # the folder of now is meant
    trap "rm -rf '$aside'" EXIT
    "$build" "$aside"
    chmod 755 "$aside"
    mv -T "$aside" "$folder"
    trap - EXIT
}
