// Makes the files of this folder from the npm packages maplibre-gl and esbuild:
//
//     npm install --prefix FOLDER maplibre-gl@6.17.0 esbuild@0.28.2
//     node vendor.mjs FOLDER
//
// The package holds ES modules. A page opened from disk cannot import modules, so esbuild turns the
// library into a classic script that sets `maplibregl`, and its worker into one that runs by itself.
// The same packages give the same bytes.

import { copyFileSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const folder = process.argv[2];
if (!folder) {
  console.error("usage: node vendor.mjs FOLDER   (FOLDER/node_modules holds maplibre-gl and esbuild)");
  process.exit(2);
}
const here = dirname(fileURLToPath(import.meta.url));
const modules = resolve(folder, "node_modules");
const esbuild = createRequire(join(modules, "esbuild", "package.json"))("esbuild");
const dist = join(modules, "maplibre-gl", "dist");

/**
 * The one change to the library. It compares a worker's origin with `location.origin`, which a page
 * opened from disk has as "file://", while the origin of what it makes itself is "null"; so it would
 * fetch its worker, which the page's policy forbids. `globalThis.origin` is "null" in both.
 */
function fromDisk(source) {
  const before = /\.origin!==(\w+)\.origin\}/g;
  if ((source.match(before) ?? []).length !== 1) throw new Error("the library has changed: look at isCrossOrigin");
  return source.replace(before, ".origin!==globalThis.origin}");
}

const patch = {
  name: "from-disk",
  setup(build) {
    build.onLoad({ filter: /maplibre-gl\.mjs$/ }, ({ path }) => ({ contents: fromDisk(readFileSync(path, "utf8")), loader: "js" }));
  },
};

async function classic(name, options) {
  const made = await esbuild.build({
    entryPoints: [join(dist, name)],
    bundle: true,
    format: "iife",
    minify: true,
    target: "es2022",
    charset: "utf8",
    legalComments: "inline",
    // Modules know their address; a classic script has none. The library only looks there for
    // its worker, which the page names itself.
    define: { "import.meta.url": '""' },
    plugins: [patch],
    write: false,
    ...options,
  });
  // Within a page these two would end, or swallow, the script element.
  return made.outputFiles[0].text.replaceAll("</script", "<\\/script").replaceAll("<!--", "<\\!--");
}

writeFileSync(join(here, "maplibre-gl.js"), await classic("maplibre-gl.mjs", { globalName: "maplibregl" }));
writeFileSync(join(here, "maplibre-gl-worker.js"), await classic("maplibre-gl-worker.mjs", {}));
writeFileSync(join(here, "maplibre-gl.css"), esbuild.transformSync(readFileSync(join(dist, "maplibre-gl.css"), "utf8"), { loader: "css", minify: true }).code);
copyFileSync(join(modules, "maplibre-gl", "LICENSE.txt"), join(here, "LICENSE.txt"));

// What the library depends on is bundled in it, and so are those packages' own dependencies.
const named = new Set();
function take(name) {
  const folder = join(modules, name);
  if (named.has(name) || name.startsWith("@types/")) return;
  named.add(name);
  Object.keys(JSON.parse(readFileSync(join(folder, "package.json"), "utf8")).dependencies ?? {}).forEach(take);
}
Object.keys(JSON.parse(readFileSync(join(modules, "maplibre-gl", "package.json"), "utf8")).dependencies).forEach(take);
const licences = [...named].sort().map((name) => {
  const folder = join(modules, name);
  const about = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const files = readdirSync(folder);
  // One package has its licence at the end of its README.
  const file = files.find((entry) => /^licen[cs]e/i.test(entry));
  const text = file ? readFileSync(join(folder, file), "utf8") : readFileSync(join(folder, "README.md"), "utf8").split("\n## License")[1];
  return `${name} ${about.version}: ${about.license}\n\n${text.trim()}\n`;
});
writeFileSync(join(here, "LICENSES-BUNDLED.txt"), licences.join(`\n${"-".repeat(80)}\n\n`));
