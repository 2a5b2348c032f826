// Lays a brotli and a gzip copy beside every text file of the build, as the server sends them.
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const dist = new URL("dist/", import.meta.url).pathname;
const TEXT = /\.(html|js|mjs|css|json|svg|webmanifest)$/;

if (process.argv[2] === "clean") {
  for (const name of readdirSync(dist)) {
    if (name !== ".gitignore") rmSync(join(dist, name), { recursive: true });
  }
} else {
  for (const name of readdirSync(dist, { recursive: true })) {
    if (!TEXT.test(name)) continue;
    const bytes = readFileSync(join(dist, name));
    const quality = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY };
    writeFileSync(join(dist, `${name}.br`), brotliCompressSync(bytes, { params: quality }));
    writeFileSync(join(dist, `${name}.gz`), gzipSync(bytes, { level: 9 }));
  }
}
