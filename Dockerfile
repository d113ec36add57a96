# Remora's container.
#
#   docker build -t remora .                      compiles from source; Maven downloads libraries
#   docker build -t remora --target prebuilt .    takes the run-time image that ./remora has built on this machine
#
# Both builders of Docker can read this; the classic one makes every stage above the one that is asked for, so
# the order of the stages matters.
#
#   --build-arg BASE=gcr.io/distroless/base-debian13    no shell, no package manager; any base with glibc will do
#   --build-arg MAVEN=…                                 another image with a JDK 25 and Maven, such as one whose
#                                                       ~/.m2/settings.xml names a mirror
#   --build-arg START_AS=65532:65532                    never root; by default the program starts as root, takes the
#                                                       state over, and becomes user 65532 (docs/configuration.md)
#   --build-arg PLATFORM=linux/arm64                    for another processor than this machine's: BuildKit with QEMU
#   --build-arg COMMIT="$(git rev-parse HEAD)"          what a server says of itself at /version
ARG BASE=debian:trixie-slim
ARG MAVEN=maven:3.9-eclipse-temurin-25
ARG PLATFORM=linux/amd64

# What stays the same from build to build.
FROM --platform=${PLATFORM} ${BASE} AS base
# glibc would otherwise keep a heap per thread; it has to be said before the process starts
# and without a locale that has UTF-8, no name or path of other letters than ASCII could be read from a variable
ENV MALLOC_ARENA_MAX=1 \
    LANG=C.UTF-8 \
    REMORA_RUN_AS=65532 \
    TS_SOCKET=/tmp/tailscaled.sock \
    PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
LABEL org.opencontainers.image.title="Remora" \
    org.opencontainers.image.description="Carries an app onto a tailnet, from a container beside it" \
    org.opencontainers.image.licenses="Apache-2.0"
# a command and no entry point, as in the official image: stacks start `tailscaled`, or a shell, in its place
ENTRYPOINT []
CMD ["/usr/local/bin/containerboot"]
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=10s --start-period=30s CMD ["remora-healthcheck"]

# What ./remora has laid out, if it has: the pattern may match nothing, and the folders are there all the same.
FROM --platform=${PLATFORM} ${BASE} AS handed
WORKDIR /image/runtime
WORKDIR /image/app
WORKDIR /image/aot
COPY LICENSE /image/rest/opt/remora/
COPY LICENSE sidecar/target/containe[r] /image/

FROM base AS prebuilt
ARG START_AS=0:0
COPY --from=handed /image/runtime /opt/remora/runtime
COPY --from=handed /image/app /opt/remora/app
COPY --from=handed /image/aot /opt/remora/aot
COPY --from=handed /image/rest /
USER ${START_AS}

FROM --platform=${PLATFORM} ${MAVEN} AS compile
WORKDIR /src
COPY LICENSE pom.xml ./
COPY .mvn .mvn
COPY node/pom.xml node/pom.xml
COPY sidecar/pom.xml sidecar/pom.xml
COPY server/pom.xml server/pom.xml
COPY lab/pom.xml lab/pom.xml
COPY node/src/main node/src/main
COPY server/src/main server/src/main
COPY sidecar/src/main sidecar/src/main
ARG COMMIT=unknown
RUN mvn -q -B -Dquick -Dmaven.test.skip -Dremora.commit=${COMMIT} -pl sidecar -am package && mv sidecar/target/container /image

FROM base
ARG START_AS=0:0
COPY --from=compile /image/runtime /opt/remora/runtime
COPY --from=compile /image/app /opt/remora/app
COPY --from=compile /image/aot /opt/remora/aot
COPY --from=compile /image/rest /
USER ${START_AS}
