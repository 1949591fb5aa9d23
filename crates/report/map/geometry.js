// Places on the globe and on the map (Web Mercator).

// The world is 2^32 units wide and 2^31 high, in whole numbers of 32 bits: about a centimetre. Their
// overflow is the antimeridian: a difference of two eastings is always the shorter way round.
const WIDE = 4294967296;
const HIGH = 2147483648;

function easting(lon) {
  return Math.floor(((lon + 180) / 360) * WIDE) | 0;
}

function northing(lat) {
  const sine = Math.sin((Math.max(-85.05, Math.min(85.05, lat)) * Math.PI) / 180);
  return Math.floor((0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)) * HIGH);
}

function longitude(x) {
  return ((x >>> 0) / WIDE) * 360 - 180;
}

function latitude(y) {
  return (Math.atan(Math.sinh(Math.PI * (1 - (2 * y) / HIGH))) * 180) / Math.PI;
}

/** Kilometres between two places on a sphere: near enough to say what is close. */
function kilometres(lon1, lat1, lon2, lat2) {
  const radians = Math.PI / 180;
  const a =
    Math.sin(((lat2 - lat1) * radians) / 2) ** 2 +
    Math.cos(lat1 * radians) * Math.cos(lat2 * radians) * Math.sin(((lon2 - lon1) * radians) / 2) ** 2;
  return 12742 * Math.asin(Math.min(1, Math.sqrt(a)));
}

/** A circle of so many metres as a ring of coordinates. */
function circle(lon, lat, metres) {
  const ring = [];
  const north = metres / 111195;
  const east = north / Math.max(0.01, Math.cos((lat * Math.PI) / 180));
  for (let step = 0; step <= 64; step += 1) {
    const angle = (step / 64) * 2 * Math.PI;
    ring.push([lon + east * Math.sin(angle), Math.max(-90, Math.min(90, lat + north * Math.cos(angle)))]);
  }
  return ring;
}

/** Calls `use(lon, lat)` for every place of a GeoJSON geometry. */
function eachPlace(geometry, use) {
  const walk = (part) => {
    if (!Array.isArray(part)) return;
    if (typeof part[0] === "number") use(part[0], part[1]);
    else part.forEach(walk);
  };
  if (geometry) walk(geometry.coordinates);
}

/** The bounds `[west, south, east, north]` of places; across the antimeridian where that is narrower. Null of none. */
function boundsOf(places) {
  if (places.length === 0) return null;
  let south = 90;
  let north = -90;
  const lons = [];
  for (const [lon, lat] of places) {
    lons.push(lon);
    south = Math.min(south, lat);
    north = Math.max(north, lat);
  }
  lons.sort((a, b) => a - b);
  // What is left out is the widest span without a place.
  let west = lons[0];
  let east = lons[lons.length - 1];
  let widest = 360 - (east - west);
  for (let at = 1; at < lons.length; at += 1) {
    const span = lons[at] - lons[at - 1];
    if (span > widest) {
      widest = span;
      west = lons[at];
      east = lons[at - 1] + 360;
    }
  }
  return [west, south, east, north];
}
