# The images are FROM scratch and take files that images/prepare amd64 arm64 has
# made. They are made outside, because cross compilers make them for both
# architectures on any machine, where a builder stage would run one of them in
# an emulator. Then:
#
#   docker buildx build --platform linux/amd64,linux/arm64 --target webhook .
#   images/build          does all of it, without Docker

# init: the init container's image.
FROM scratch AS init
ARG TARGETARCH
COPY --chmod=0555 native/build/${TARGETARCH}/longhaul native/build/${TARGETARCH}/libkeepalive.so /
USER 65532:65532
ENTRYPOINT ["/longhaul"]

# webhook: Node and the bundle; no shell, so that a preStop hook runs /longhaul.
# Node's part comes first: versions of Longhaul then share its layer.
FROM scratch AS webhook
ARG TARGETARCH
COPY dist/images/${TARGETARCH}/root /
COPY --chmod=0555 native/build/${TARGETARCH}/longhaul /
COPY dist/images/program /
USER 65532:65532
EXPOSE 8443 8080
ENTRYPOINT ["/usr/local/bin/node", "/longhaul.js"]

# agent: the same with the binary for nodes. It acts on their kernel, as root.
FROM webhook AS agent
ARG TARGETARCH
COPY --chmod=0555 native/build/${TARGETARCH}/longhaul-node /
USER 0:0
