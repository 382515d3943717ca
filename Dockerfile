# Anneal's api, worker and boot service in one image; the command says which.
FROM node:24-bookworm-slim AS build
WORKDIR /anneal
COPY package.json package-lock.json .npmrc ./
COPY packages/ipmi-js/package.json packages/ipmi-js/
RUN npm ci
COPY . .
RUN npm run build && npm prune --omit=dev

FROM node:24-bookworm-slim
# dnsmasq serves booting machines, genisoimage makes config drives, ipxe holds the network boot programs.
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates dnsmasq-base genisoimage ipxe \
 && rm -rf /var/lib/apt/lists/* \
 && install -d -o node -g node /var/cache/anneal
WORKDIR /anneal
ENV NODE_ENV=production
COPY --from=build --chown=node:node /anneal/package.json ./
COPY --from=build --chown=node:node /anneal/node_modules node_modules
COPY --from=build --chown=node:node /anneal/packages packages
COPY --from=build --chown=node:node /anneal/db/migrations dist/db/migrations
COPY --from=build --chown=node:node /anneal/dist dist
USER node
CMD ["node", "dist/api/main.js"]
