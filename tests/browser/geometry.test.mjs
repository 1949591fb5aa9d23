import assert from "node:assert/strict";
import { test } from "node:test";
import { gunzipSync, gzipSync } from "node:zlib";
import { repositoryFile, scripts } from "./scripts.mjs";

const { easting, northing, longitude, latitude, boundsOf, kilometres, landRings, landPolygons, turn, within, unpackedLines, unpackedBytes, bytesOfBase64 } = scripts(
  "easting", "northing", "longitude", "latitude", "boundsOf", "kilometres", "landRings", "landPolygons", "turn", "within", "unpackedLines", "unpackedBytes", "bytesOfBase64",
);

test("places survive as whole numbers, to a centimetre or two", () => {
  for (const [lon, lat] of [[0, 0], [130.3, 42.23333], [-179.99999, -60], [179.99999, 75.5], [-0.00001, 0.00001]]) {
    assert.ok(Math.abs(longitude(easting(lon)) - lon) < 2e-7, `${lon}`);
    assert.ok(Math.abs(latitude(northing(lat)) - lat) < 4e-7, `${lat}`);
  }
});

test("the difference of two eastings is the shorter way round", () => {
  const difference = (easting(-179.9) - easting(179.9)) | 0;
  assert.ok(difference > 0 && difference < easting(-179) - easting(-180));
});

test("bounds take the narrower way, across the antimeridian too", () => {
  assert.deepEqual(boundsOf([[130, 42], [133, 43]]), [130, 42, 133, 43]);
  assert.deepEqual(boundsOf([[-179, 50], [178, 52]]), [178, 50, 181, 52]);
  assert.equal(boundsOf([]), null);
});

test("a distance is near the true one", () => {
  assert.ok(Math.abs(kilometres(132.68, 42.578, 130.3, 42.233) - 199.6) < 1);
});

test("the bundled land is read whole, with the lakes as holes and no place beyond the poles", () => {
  const rings = landRings(repositoryFile("data/land.bin"));
  assert.equal(rings.length, 6866);
  assert.equal(rings.reduce((sum, ring) => sum + ring.length, 0), 426817);
  const polygons = landPolygons(rings);
  const holes = polygons.reduce((sum, polygon) => sum + polygon.length - 1, 0);
  assert.equal(polygons.length + holes, rings.length);
  assert.ok(holes >= 5 && holes <= 33, `${holes} holes`);
  const isLand = (lon, lat) =>
    polygons.some(([outer, ...inner]) => [0, 360, -360].some((shift) => within([lon + shift, lat], outer) && !inner.some((hole) => within([lon + shift, lat], hole))));
  for (const [lon, lat] of [[10, 50], [-100, 45], [120, -25], [0, -85], [-179.5, 67.5], [179, 67.5], [133, 44]]) assert.ok(isLand(lon, lat), `${lon} ${lat} is land`);
  for (const [lon, lat] of [[-30, 40], [131.5, 42], [-86.5, 43], [-87, 48], [0, -60], [51, 42]]) assert.ok(!isLand(lon, lat), `${lon} ${lat} is water`);
  for (const polygon of polygons) {
    for (const ring of polygon) {
      assert.deepEqual(ring[0], ring[ring.length - 1]);
      for (const [, lat] of ring) assert.ok(Math.abs(lat) <= 90);
    }
  }
  assert.ok(polygons.filter(([outer]) => turn(outer) < 0).length >= polygons.length - 1);
});

test("other bytes are no land", () => {
  assert.throws(() => landRings(new Uint8Array([1, 2, 3])), /cannot be read/);
});

test("lines come out of a gzipped text one by one, wherever it is cut", async () => {
  const lines = Array.from({ length: 5000 }, (_, at) => JSON.stringify({ at, name: "Отара 🚢".repeat(at % 7) }));
  const found = [];
  await unpackedLines(gzipSync(`${lines.join("\n")}\n`), (line) => found.push(line));
  assert.deepEqual(found, lines);
  const none = [];
  await unpackedLines(gzipSync(""), (line) => none.push(line));
  assert.deepEqual(none, []);
});

test("base64 and gzip give back the bytes", async () => {
  const bytes = repositoryFile("data/land.bin");
  const packed = gzipSync(bytes).toString("base64");
  assert.deepEqual(gunzipSync(bytesOfBase64(packed)), bytes);
  assert.deepEqual(Buffer.from(await unpackedBytes(bytesOfBase64(packed))), bytes);
});
