FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts
COPY tsconfig.json ./
COPY scripts scripts
COPY shared shared
COPY services services
COPY cli cli
RUN npm run build

FROM node:24-bookworm-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts

FROM node:24-bookworm-slim
WORKDIR /app
ENV NODE_ENV=production
# kafkajs 2.2.4 sets a timer with a negative time, and Node 24 warns of it in every process.
ENV NODE_OPTIONS=--disable-warning=TimeoutNegativeWarning
COPY --from=dependencies /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY package.json ./
COPY bin bin
COPY data data
USER node
ENTRYPOINT ["node", "bin/alder.js"]
