// The page's scripts have no exports: they are written into the page one after the other. Here they
// are run the same way, and what a test asks for is handed out.

import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const folder = join(dirname(fileURLToPath(import.meta.url)), "..", "..", "crates", "report", "map");

// Those that touch no page, in the order in which the page has them.
const PURE = [
  "text.js", "time.js", "geometry.js", "decode.js", "land.js", "track-store.js", "model.js", "filter.js",
  "fragment.js", "positions.js", "board.js", "describe.js", "palette.js",
];

/** The functions, classes and constants of these names. */
export function scripts(...names) {
  const source = PURE.map((file) => readFileSync(join(folder, file), "utf8")).join("\n");
  return new Function(`"use strict";\n${source}\nreturn { ${names.join(", ")} };`)();
}

/** A file of the repository, by its path from the root. */
export function repositoryFile(path) {
  return readFileSync(join(folder, "..", "..", "..", path));
}
