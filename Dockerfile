# Stockbook without PostgreSQL, which runs beside it: see compose.yaml.

FROM node:22-slim AS web
WORKDIR /src/web
COPY openapi.json ../
COPY web ./
RUN npm ci --ignore-scripts --no-audit --no-fund && npm run build

FROM rust:1-slim-bookworm AS build
WORKDIR /src
COPY Cargo.toml Cargo.lock ./
COPY migrations migrations
COPY crates crates
COPY --from=web /src/web/dist web/dist
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    cargo build --locked --release --package server \
    && cp target/release/stockbook /usr/local/bin/

FROM debian:bookworm-slim
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin stockbook
COPY --from=build /usr/local/bin/stockbook /usr/local/bin/stockbook
USER stockbook
EXPOSE 8000
HEALTHCHECK --interval=5s --start-period=30s \
    CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/8000 && printf 'GET /readyz HTTP/1.0\\r\\n\\r\\n' >&3 && read -r -t 4 _ status _ <&3 && [ \"$status\" = 200 ]"]
ENTRYPOINT ["stockbook"]
CMD ["serve"]
