#!/usr/bin/env bash
# Lets Jazzer look for inputs that break our parsers: each @FuzzTest for some seconds, two at a time.
#
#   lab/fuzz.sh [seconds] [part of a class name]      30 seconds, all of them
#   FUZZ_RUNS=20000 FUZZ_SEED=1 lab/fuzz.sh 60        the same inputs on every machine: so many, or as many as 60 seconds allow
#
# Works on what the last full build compiled. Logs, what was found and what Jazzer learnt stay in target/fuzz.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export SECONDS_EACH=${1:-30}
export FUZZ_RUNS=${FUZZ_RUNS:--1} FUZZ_SEED=${FUZZ_SEED:-0}
wanted=${2:-}
. .mvn/jdk25.sh
find_jdk25
[ -f node/target/test.classpath ] && [ -f sidecar/target/test.classpath ] && [ -f server/target/test.classpath ] || ./mvnw -q -B -pl server,sidecar -am test-compile
# What was learnt before would make other inputs of the same seed.
[ "$FUZZ_SEED" = 0 ] || rm -rf target/fuzz/.cifuzz-corpus
mkdir -p target/fuzz

# Lines of: module class method
targets() {
    local source class
    grep -rl --include='*.java' '@FuzzTest' node/src/test server/src/test sidecar/src/test | LC_ALL=C sort | while read -r source; do
        class=${source#*/src/test/java/}
        class=$(tr / . <<<"${class%.java}")
        [[ $class == *"$wanted"* ]] || continue
        grep -A 3 '@FuzzTest' "$source" | sed -nE 's/.*\bvoid ([A-Za-z0-9_]+)\(.*/\1/p' | sed "s/^/${source%%/*} $class /"
    done
}

fuzz() {
    local module=$1 class=$2 method=$3 top=$PWD log=$PWD/target/fuzz/$2.$3.log compiler=()
    # a few thousand inputs are through before the second compiler has paid for itself
    [ "$FUZZ_RUNS" = -1 ] || compiler=(-XX:TieredStopAtLevel=1)
    cd target/fuzz
    if "$JAVA_HOME/bin/java" ${compiler[@]+"${compiler[@]}"} -Xmx1g -XX:+EnableDynamicAgentLoading --enable-native-access=ALL-UNNAMED \
        --sun-misc-unsafe-memory-access=allow \
        -cp "$top/$module/target/test-classes:$top/$module/target/classes:$(cat "$top/$module/target/test.classpath")" \
        com.code_intelligence.jazzer.Jazzer --target_class="$class" --target_method="$method" \
        --instrumentation_includes='dev.remora.**' -max_total_time="$SECONDS_EACH" -runs="$FUZZ_RUNS" -seed="$FUZZ_SEED" >"$log" 2>&1; then
        echo "fuzz: ${class##*.}.$method: $(sed -nE 's/^Done ([0-9]+) runs.*/\1 inputs/p' "$log"), none broke it"
    else
        echo "fuzz: ${class##*.}.$method: BROKEN, see $log"
        grep -E -A 12 '^== Java Exception|ERROR: ' "$log" || tail -n 20 "$log"
        return 1
    fi
}
export -f fuzz

targets | xargs -P 2 -L 1 bash -c 'fuzz "$@"' fuzz
