# init: the init container's image, two files that make -C native arch-amd64
# arch-arm64 has put into native/build/ARCH. They are built outside, because a
# cross compiler makes both on any machine, where a builder stage would run one
# of them in an emulator.

FROM scratch AS init
ARG TARGETARCH
COPY --chmod=0555 native/build/${TARGETARCH}/longhaul native/build/${TARGETARCH}/libkeepalive.so /
USER 65532:65532
ENTRYPOINT ["/longhaul"]
