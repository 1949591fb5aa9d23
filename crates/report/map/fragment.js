// What is shown, as the fragment of the page's address, so that it can be sent to somebody. Only
// what differs from the beginning is written. What is read may be anything: what is not understood
// is left out.

function freshState() {
  return {
    view: null,
    time: null,
    at: null,
    trail: null,
    select: null,
    vessels: null,
    ports: null,
    kinds: null,
    grades: null,
    colour: "vessel",
  };
}

// More than this many names are not taken from an address.
const MOST_NAMES = 5000;

function readFragment(hash) {
  const state = freshState();
  for (const pair of String(hash).replace(/^#/, "").split("&")) {
    const cut = pair.indexOf("=");
    if (cut < 0) continue;
    const key = pair.slice(0, cut);
    const value = pair.slice(cut + 1);
    if (key === "view") state.view = readView(value);
    else if (key === "time") state.time = readWindow(value);
    else if (key === "at") state.at = seconds(decoded(value));
    else if (key === "trail") state.trail = readTrail(value);
    else if (key === "select") state.select = decoded(value) || null;
    else if (key === "vessels" || key === "ports") state[key] = readNames(value);
    else if (key === "kinds") state.kinds = known(readNames(value), KINDS);
    else if (key === "grades") state.grades = known(readNames(value), [...GRADES, ...VERDICTS]);
    else if (key === "colour" && value === "voyage") state.colour = "voyage";
  }
  return state;
}

function writeFragment(state) {
  const pairs = [];
  if (state.view) {
    const { lon, lat, zoom } = state.view;
    pairs.push(`view=${lon.toFixed(4)},${lat.toFixed(4)},${zoom.toFixed(2)}`);
  }
  if (state.time) pairs.push(`time=${iso(state.time[0])},${iso(state.time[1])}`);
  if (state.at !== null) pairs.push(`at=${iso(state.at)}`);
  if (state.trail !== null) pairs.push(`trail=${state.trail / HOUR}h`);
  if (state.select !== null) pairs.push(`select=${encoded(state.select)}`);
  for (const key of ["vessels", "ports", "kinds", "grades"]) {
    if (state[key]) pairs.push(`${key}=${[...state[key]].map(encoded).join(",")}`);
  }
  if (state.colour !== "vessel") pairs.push(`colour=${state.colour}`);
  return pairs.length === 0 ? "" : `#${pairs.join("&")}`;
}

/** As in a query, with what ids are made of left readable. */
function encoded(text) {
  return encodeURIComponent(text).replaceAll("%2F", "/").replaceAll("%3A", ":").replaceAll("%40", "@");
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return "";
  }
}

function readView(text) {
  const parts = text.split(",");
  const [lon, lat, zoom] = parts.map(Number);
  if (parts.length !== 3 || parts.includes("")) return null;
  if (!(Math.abs(lon) <= 540 && Math.abs(lat) <= 85 && zoom >= 0 && zoom <= 22)) return null;
  return { lon, lat, zoom };
}

function readWindow(text) {
  const [from, to] = text.split(",").map((part) => seconds(decoded(part)));
  return from !== null && to != null && from < to ? [from, to] : null;
}

function readTrail(text) {
  const hours = /^(\d{1,5})h$/.exec(text);
  return hours && Number(hours[1]) > 0 ? Number(hours[1]) * HOUR : null;
}

function readNames(text) {
  // An empty list is one of nothing: "none" was chosen.
  return new Set(text === "" ? [] : text.split(",").slice(0, MOST_NAMES).map(decoded));
}

function known(names, list) {
  return new Set([...names].filter((name) => list.some((entry) => entry.key === name)));
}
