# Sourced by mvnw, remora and check. Sets JAVA_HOME to a JDK 25: the one it names already, else one of the
# usual places, else the one on the PATH. Starts no JVM to find out; a JDK's file "release" says what it is.
# Who has no HOME, as a service may, gets the one that the user database names.
export HOME=${HOME:-~}

is_jdk25() {
    [ -x "$1/bin/javac" ] && grep -qs '^JAVA_VERSION="25[".]' "$1/release"
}

find_jdk25() {
    local home javac
    for home in "${JAVA_HOME:-}" /usr/lib/jvm/* /usr/local/lib/jvm/* /opt/jdk-25* \
        "$HOME"/.sdkman/candidates/java/25* "$HOME"/.jdks/*25* \
        /Library/Java/JavaVirtualMachines/*/Contents/Home; do
        if is_jdk25 "$home"; then
            export JAVA_HOME=$home
            return 0
        fi
    done
    if javac=$(readlink -f "$(command -v javac)" 2>/dev/null) && is_jdk25 "${javac%/bin/javac}"; then
        export JAVA_HOME=${javac%/bin/javac}
        return 0
    fi
    echo "remora: a JDK 25 is needed, and none is in JAVA_HOME, /usr/lib/jvm or the PATH: install Eclipse Temurin 25 (package temurin-25-jdk) or your system's openjdk-25-jdk-headless, or point JAVA_HOME to one." >&2
    return 1
}
