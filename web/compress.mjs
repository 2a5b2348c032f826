// Lists the files of the build, and lays a brotli and a gzip copy beside every text file of the build, as the server sends them.
import { createHash } from "node:crypto";
import { appendFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const dist = new URL("dist/", import.meta.url).pathname;
const TEXT = /\.(html|js|mjs|css|json|svg|webmanifest)$/;

// Browsers look for another service worker alone; so it differs whenever any file does.
function listFiles() {
  const names = readdirSync(join(dist, "assets"))
    .sort()
    .map((name) => `assets/${name}`);
  const written = JSON.stringify(names);
  writeFileSync(join(dist, "files.json"), written);
  const digest = createHash("sha256")
    .update(written)
    .update(readFileSync(join(dist, "index.html")));
  appendFileSync(join(dist, "offline.js"), `\n// ${digest.digest("hex").slice(0, 16)}\n`);
}

if (process.argv[2] === "clean") {
  for (const name of readdirSync(dist)) {
    if (name !== ".gitignore") rmSync(join(dist, name), { recursive: true });
  }
} else {
  listFiles();
  for (const name of readdirSync(dist, { recursive: true })) {
    if (!TEXT.test(name)) continue;
    const bytes = readFileSync(join(dist, name));
    const quality = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY };
    writeFileSync(join(dist, `${name}.br`), brotliCompressSync(bytes, { params: quality }));
    writeFileSync(join(dist, `${name}.gz`), gzipSync(bytes, { level: 9 }));
  }
}
