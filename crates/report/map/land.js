// The land of the earth, from the bytes of land.bin (data/README.md describes them).

/** The rings of the coast: arrays of `[lon, lat]`, land on the right. */
function landRings(bytes) {
  if (String.fromCharCode(...bytes.subarray(0, 5)) !== "LAND1") throw new Error("the land cannot be read");
  let at = 5;
  const number = () => {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = bytes[at++];
      value += (byte & 127) * factor;
      if (!(byte & 128)) return value;
    }
  };
  const signed = () => {
    const value = number();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  };
  const rings = [];
  for (let left = number(); left > 0; left -= 1) {
    const ring = [];
    let x = 0;
    let y = 0;
    for (let points = number(); points > 0; points -= 1) {
      x += signed();
      y += signed();
      ring.push([x / 1e4, y / 1e4]);
    }
    rings.push(ring);
  }
  return rings;
}

/** Twice the area within a ring: negative if it runs clockwise. */
function turn(ring) {
  let sum = 0;
  for (let at = 0, last = ring.length - 1; at < ring.length; last = at, at += 1) {
    sum += ring[last][0] * ring[at][1] - ring[at][0] * ring[last][1];
  }
  return sum;
}

function within([lon, lat], ring) {
  let inside = false;
  for (let at = 0, last = ring.length - 1; at < ring.length; last = at, at += 1) {
    const [x1, y1] = ring[at];
    const [x2, y2] = ring[last];
    if (y1 > lat !== y2 > lat && lon < ((x2 - x1) * (lat - y1)) / (y2 - y1) + x1) inside = !inside;
  }
  return inside;
}

function heights(ring) {
  let south = 90;
  let north = -90;
  for (const [, lat] of ring) {
    south = Math.min(south, lat);
    north = Math.max(north, lat);
  }
  return { south, north };
}

/** The rings as polygons `[outer, hole...]`, closed as GeoJSON has them. */
function landPolygons(rings) {
  const outer = [];
  const holes = [];
  for (const ring of rings) {
    const first = ring[0];
    const last = ring[ring.length - 1];
    if (Math.abs(last[0] - first[0]) > 180) {
      // A coast that goes round the pole ends a whole turn from where it began: it is closed along
      // the pole.
      const pole = first[1] < 0 ? -90 : 90;
      outer.push([[...ring, [last[0], pole], [first[0], pole], first]]);
    } else if (turn(ring) < 0) {
      outer.push([[...ring, first]]);
    } else {
      holes.push([...ring, first]);
    }
  }
  const sizes = outer.map((polygon) => ({ polygon, size: Math.abs(turn(polygon[0])), ...heights(polygon[0]) }));
  for (const hole of holes) {
    // The smallest land around it, so that a lake on an island in a lake falls to the island. Land
    // that was joined across the antimeridian may lie a whole turn from its lakes.
    const [lon, lat] = hole[0];
    let best = null;
    for (const { polygon, size, south, north } of sizes) {
      if (lat < south || lat > north || (best && size >= best.size)) continue;
      for (const shift of [0, -360, 360]) {
        if (within([lon + shift, lat], polygon[0])) best = { polygon, shift, size };
      }
    }
    if (best) best.polygon.push(hole.map(([x, y]) => [x + best.shift, y]));
  }
  return outer;
}
