# One image for servers and workers; which of them it is, the command says. See docs/stack.md.

FROM oven/bun:1.4.5-slim AS bun
WORKDIR /app

# What runs needs the packages of "dependencies" only; a change of the sources leaves this layer as it is.
FROM bun AS packages
COPY package.json bun.lock bunfig.toml ./
COPY patches patches
RUN bun install --frozen-lockfile --production

FROM bun AS ui
COPY package.json bun.lock bunfig.toml ./
COPY patches patches
RUN bun install --frozen-lockfile
COPY tsconfig.json ./
COPY scripts scripts
COPY server server
COPY ui ui
RUN bun scripts/build.ts

FROM bun AS release
ENV NODE_ENV=production \
    DATA_DIR=/data
COPY --from=packages /app/node_modules node_modules
COPY --from=ui /app/ui/dist ui/dist
COPY package.json tsconfig.json LICENSE ./
# What operators run in a container: docker compose exec worker bun scripts/….ts
COPY scripts scripts
COPY server server
# The embedded engine keeps its file there; the distributed one keeps nothing here.
RUN mkdir /data && chown bun:bun /data
VOLUME /data
USER bun

# A server's port, and where a worker tells of its health.
EXPOSE 3009 3010
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 \
  CMD ["bun", "-e", "const port = process.env.REALTIME_PORT || process.env.PORT || 3009; process.exit((await fetch(`http://127.0.0.1:${port}/health/live`)).ok ? 0 : 1)"]
CMD ["bun", "server/main.ts"]
