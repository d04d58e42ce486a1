# The web UI.
FROM node:20-bookworm-slim AS web
WORKDIR /build/web
COPY web/package.json web/package-lock.json web/.npmrc ./
RUN npm ci --no-audit --no-fund
COPY web ./
RUN npm run build

# The binary, with the UI embedded.
FROM rust:1.95-bookworm AS binary
WORKDIR /build
COPY .cargo .cargo
COPY Cargo.toml Cargo.lock build.rs ./
COPY migrations migrations
COPY benches benches
COPY config config
COPY src src
COPY --from=web /build/static static
RUN cargo build --locked --release --bin pyairtable && mkdir /data

# What runs: no compiler, no package manager's caches, nobody's account.
FROM debian:bookworm-slim
# Versions follow the distribution's security updates.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/*
COPY --from=binary /build/target/release/pyairtable /usr/local/bin/pyairtable
COPY --from=binary --chown=10001:10001 /data /data
USER 10001:10001
WORKDIR /data
ENV PYAIRTABLE__SERVER__LISTEN=0.0.0.0:8080 \
    PYAIRTABLE__DATA_DIR=/data
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/8080 && printf 'GET /health/ready HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n' >&3 && read -r line <&3 && [[ $line == *' 200 '* ]]"]
ENTRYPOINT ["pyairtable"]
CMD ["serve"]
