import { defineConfig } from "vite";

export default defineConfig({
  base: "/viewer/",
  build: {
    target: "es2022",
    emptyOutDir: false,
    // Inlined files would need `data:` in the policy that the server sends.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: {
      input: { index: "index.html", offline: "src/service_worker.ts" },
      output: {
        entryFileNames: (chunk) =>
          chunk.name === "offline" ? "offline.js" : "assets/[name]-[hash].js",
      },
    },
  },
  // `npx vite` beside `make run`.
  server: { proxy: { "/programmes": "http://127.0.0.1:8080" } },
});
