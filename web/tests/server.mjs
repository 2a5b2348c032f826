// The product itself, serving its invented programmes for the journeys.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import { buffer as buffered } from "node:stream/consumers";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const BINARY =
  process.env.SAFEGROUND ?? new URL("../../target/debug/safeground", import.meta.url).pathname;
const RECORDS = "600";

function run(args, folder, environment = {}) {
  return spawn(BINARY, [...args, "--database", `sqlite:${join(folder, "demo.sqlite")}`], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, ...environment },
  });
}

async function output(child, pattern) {
  let text = "";
  for await (const chunk of child.stdout) {
    text += chunk;
    const found = pattern.exec(text);
    if (found !== null) return found[1];
  }
  throw new Error(`the product ended without saying ${pattern}:\n${text}`);
}

async function ready(base) {
  await served(`${base}/health/ready`);
}

/** Waits until an address is answered. */
async function served(address) {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const isReady = await fetch(address).then(
      (answer) => answer.ok,
      () => false,
    );
    if (isReady) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`nothing is at ${address}`);
}

let ports = 20_000 + (process.pid % 20_000);

/** Serves what a folder holds on a free port. */
async function listening(folder, environment = {}) {
  const address = `127.0.0.1:${ports++}`;
  const server = run(["serve", "--listen", address, "--log", "error"], folder, environment);
  server.stdout.resume();
  await ready(`http://${address}`);
  return { base: `http://${address}`, stop: () => server.kill() };
}

/** Stands between a browser and a server, and may change texts on their way. */
export async function between(base, changed) {
  const server = createServer(async (request, response) => {
    const path = new URL(request.url, base).pathname;
    const body = ["GET", "HEAD"].includes(request.method) ? undefined : await buffered(request);
    const headers = { ...request.headers };
    // What was changed on its way is not known by the tag of the original.
    for (const name of ["host", "accept-encoding", "connection", "if-none-match"])
      delete headers[name];
    const ask = () => fetch(`${base}${request.url}`, { method: request.method, headers, body });
    // A line that the server has just let go is taken up anew.
    const answer = await ask().catch(ask);
    const told = Object.fromEntries(
      [...answer.headers].filter(
        ([name]) => !/^(content-encoding|content-length|transfer-encoding)$/.test(name),
      ),
    );
    response.writeHead(answer.status, told);
    if (path.endsWith("/stream")) return response.flushHeaders();
    const bytes = Buffer.from(await answer.arrayBuffer());
    response.end(path.endsWith(".js") ? changed(path, bytes.toString()) : bytes);
  });
  const address = { host: "127.0.0.1", port: ports++ };
  await new Promise((resolve) => server.listen(address, resolve));
  return { base: `http://127.0.0.1:${address.port}`, isNewer: false, stop: () => server.close() };
}

/** Makes a reference layer of a file. */
async function addLayer(folder, name) {
  const file = new URL(`layers/${name}.geojson`, import.meta.url).pathname;
  const adding = run(["layer", "add", file, "--programme", "cambodia", "--name", name], folder);
  adding.stdout.resume();
  await once(adding, "exit");
}

/** Loads the demo and serves it. */
export async function serve() {
  const folder = mkdtempSync(join(tmpdir(), "safeground-viewer-"));
  const demo = run(["demo", "--records", RECORDS, "--log", "error"], folder);
  const token = await output(demo, /^(sg_[0-9a-f]+)$/m);
  const adding = run(
    ["token", "add", "--name", "reader", "--programme", "ukraine", "--role", "reader"],
    folder,
  );
  const reader = await output(adding, /(sg_[0-9a-f]+)/);
  for (const name of ["settlements", "roads"]) await addLayer(folder, name);
  const { base, stop } = await listening(folder);
  return {
    base,
    token,
    reader,
    folder,
    /** Serves the same records once more, over another map. */
    over: (basemap) =>
      listening(folder, {
        SAFEGROUND_BASEMAP: basemap,
        SAFEGROUND_BASEMAP_ATTRIBUTION: "© Mappers",
      }),
    /** Writes the records of a programme into a file of tiles. */
    tiles: async (programme, file) => {
      const writing = run(["tiles", "--programme", programme, "--zoom", "0-6", file], folder);
      writing.stdout.resume();
      await once(writing, "exit");
    },
    /** Adds a programme that anybody may read, and answers a token that may write there. */
    programme: async (code, ...options) => {
      const adding = run(
        ["programme", "add", code, "--name", code, "--public-read", ...options],
        folder,
      );
      adding.stdout.resume();
      await once(adding, "exit");
      const giving = run(
        ["token", "add", "--name", code, "--programme", code, "--role", "contributor"],
        folder,
      );
      const token = await output(giving, /(sg_[0-9a-f]+)/);
      await served(`${base}/programmes/${code}`);
      return token;
    },
    stop: () => {
      stop();
      rmSync(folder, { recursive: true });
    },
  };
}
