# syntax=docker/dockerfile:1

# Three stages: compile with everything, install what production needs, and put the two together.
# The embedded PostgreSQL, the offline IDE, the tests and the compiler stay behind.

FROM node:26-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN --mount=type=cache,target=/root/.npm npm ci
COPY tsconfig.json tsconfig.build.json mikro-orm.config.ts ./
COPY migrations ./migrations
COPY scripts ./scripts
COPY src ./src
RUN npm run build

FROM node:26-slim AS production-dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# Optional packages are the binaries of the embedded PostgreSQL, which production refuses to use.
RUN --mount=type=cache,target=/root/.npm npm ci --omit=dev --omit=optional

FROM node:26-slim
ENV NODE_ENV=production \
    HOST=0.0.0.0 \
    PORT=4000 \
    CLINIC_DATA_DIR=/var/lib/clinic
WORKDIR /app
RUN install --directory --owner=node --group=node --mode=0700 /var/lib/clinic
# Owned by root: the process can read its code and not change it, also where the file system is not mounted read-only.
COPY --from=production-dependencies /app/node_modules ./node_modules
COPY package.json LICENSE ./
COPY --from=build /app/dist ./dist
USER node
VOLUME /var/lib/clinic
EXPOSE 4000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health/ready`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
# Room for what requests make and leave behind: with the usual 16 MB a tenth of the time goes into clearing up.
CMD ["node", "--max-semi-space-size=64", "--enable-source-maps", "dist/src/main.js"]
