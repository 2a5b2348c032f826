// The product itself, serving its invented programmes for the journeys.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const BINARY = process.env.SAFEGROUND ?? new URL("../../target/debug/safeground", import.meta.url).pathname;
const RECORDS = "600";

function run(args, folder) {
  return spawn(BINARY, [...args, "--database", `sqlite:${join(folder, "demo.sqlite")}`], { stdio: ["ignore", "pipe", "inherit"] });
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

/** Loads the demo and serves it on a free port. */
export async function serve() {
  const folder = mkdtempSync(join(tmpdir(), "safeground-viewer-"));
  const demo = run(["demo", "--records", RECORDS, "--log", "error"], folder);
  const token = await output(demo, /^(sg_[0-9a-f]+)$/m);
  const adding = run(["token", "add", "--name", "reader", "--programme", "ukraine", "--role", "reader"], folder);
  const reader = await output(adding, /(sg_[0-9a-f]+)/);
  const port = 20_000 + (process.pid % 20_000);
  const base = `http://127.0.0.1:${port}`;
  const server = run(["serve", "--listen", `127.0.0.1:${port}`, "--log", "error"], folder);
  server.stdout.resume();
  for (let attempt = 0; attempt < 100; attempt += 1) {
    if (await fetch(`${base}/health/ready`).then((answer) => answer.ok, () => false)) break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const stop = () => {
    server.kill();
    rmSync(folder, { recursive: true });
  };
  return { base, token, reader, stop };
}
