import { readdirSync, rmSync } from "node:fs";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

/** Empties dist before a build, except for the committed page that stands in when there is no console. */
function keepPlaceholder(): Plugin {
  return {
    name: "keep-placeholder",
    apply: "build",
    buildStart() {
      for (const name of readdirSync("dist")) {
        if (name !== "placeholder.html") rmSync(`dist/${name}`, { recursive: true });
      }
    },
  };
}

export default defineConfig({
  base: "/admin/",
  plugins: [react(), keepPlaceholder()],
  build: {
    outDir: "dist",
    emptyOutDir: false,
    // The Content-Security-Policy allows no data: fonts or scripts, so nothing is inlined.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 900,
  },
  server: {
    proxy: Object.fromEntries(
      ["/api", "/login", "/setup", "/source"].map((path) => [path, process.env.ROSTER_URL ?? "http://127.0.0.1:8080"]),
    ),
  },
});
