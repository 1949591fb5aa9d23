// Dark calls and sightings of one port all lie at one point of the map. They are set out beside it:
// where dark calls are, on a board with a row for each vessel, in it her dark calls and sightings in
// order of time; where there are sightings only, in a strip.

const BOARD = { pitch: 16, row: 20, head: 22, name: 116, pad: 8, away: 38, rows: 6, more: 32 };

/**
 * The boards and strips, and for each mark its offset in pixels from the place. What there is no room
 * for is not drawn, and the board says how many that are; fewer fit on a `narrow` screen.
 */
function layBoards(model, narrow) {
  const groups = new Map();
  for (const event of model.ordered) {
    if (event.kind !== "dark_calls" && event.kind !== "sightings") continue;
    const place = placeOf(event);
    if (!place) continue;
    // By port; what is at none, by place to a tenth of a degree.
    const key = event.ports.length > 0 ? `port ${event.ports[0]}` : place.map((degrees) => degrees.toFixed(1)).join();
    if (!groups.has(key)) groups.set(key, []);
    groups.get(key).push(event);
  }
  return [...groups.values()].map((events) => {
    const port = model.ports[events[0].ports[0]];
    const [lon, lat] = typeof port?.lon === "number" ? [port.lon, port.lat] : placeOf(events[0]);
    const dark = {};
    for (const event of events) if (event.kind === "dark_calls") dark[event.grade] = (dark[event.grade] ?? 0) + 1;
    return { lon, lat, ...(darkHeadline(dark) !== "" ? layBoard(events, dark, port, model, [lon, lat], narrow) : layStrip(events, narrow)) };
  });
}

function layStrip(events, narrow) {
  const columns = Math.min(events.length, narrow ? 6 : 10);
  const more = events.length - columns;
  const width = 2 * 5 + columns * BOARD.pitch + (more > 0 ? BOARD.more : 0);
  const left = 9;
  const top = -28;
  const marks = events.slice(0, columns).map((event, at) => ({ event, offset: [left + 5 + (at + 0.5) * BOARD.pitch, top + 12] }));
  return { title: null, rows: [], more, columns, marks, left, top, width, height: 24 };
}

function layBoard(events, dark, port, model, at, narrow) {
  const most = narrow ? 10 : 16;
  const rows = boardRows(events, model, most);
  const columns = Math.min(most, Math.max(...rows.map((row) => row.events.length)));
  const lines = rows.reduce((sum, row) => sum + row.lines, 0);
  const anyMore = rows.some((row) => row.more > 0);
  const sighted = events.filter((event) => event.kind === "sightings").length;
  const place = port ? `${portName(port)}: ` : "";
  const title = `${place}${darkHeadline(dark)} (inferred)${sighted > 0 ? `; ${counted(sighted, "sighting", "sightings")}` : ""}`;
  // As wide as its title, as far as there is room: letters are some 6 pixels wide.
  const titleWidth = Math.min(narrow ? 320 : 460, 2 * BOARD.pad + title.length * 6.2);
  const width = Math.max(240, titleWidth, 2 * BOARD.pad + BOARD.name + columns * BOARD.pitch + (anyMore ? BOARD.more : 0));
  const height = BOARD.head + lines * BOARD.row + BOARD.pad - 2;
  const { east, north } = waysOf(port, model, at);
  const left = east ? -30 : 30 - width;
  const top = north ? BOARD.away : -BOARD.away - height;
  const marks = [];
  let line = 0;
  for (const row of rows) {
    row.line = line;
    row.events.slice(0, row.lines * columns).forEach((event, number) => {
      const x = left + BOARD.pad + BOARD.name + ((number % columns) + 0.5) * BOARD.pitch;
      marks.push({ event, offset: [x, top + BOARD.head + (line + Math.floor(number / columns) + 0.5) * BOARD.row] });
    });
    line += row.lines;
  }
  return { title, rows, more: 0, columns, marks, left, top, width, height };
}

/** A row for each vessel, the most eventful first; all beyond the most share the last. */
function boardRows(events, model, most) {
  const byVessel = new Map();
  for (const event of events) {
    if (!byVessel.has(event.vessel)) byVessel.set(event.vessel, []);
    byVessel.get(event.vessel).push(event);
  }
  const vessels = [...byVessel.keys()].sort((a, b) => model.vessels[a].rank - model.vessels[b].rank);
  const rows = [];
  for (const vessel of vessels) {
    if (rows.length < BOARD.rows) rows.push({ vessel, others: 0, events: byVessel.get(vessel) });
    else {
      const last = rows[rows.length - 1];
      last.others += 1;
      last.events = [...last.events, ...byVessel.get(vessel)];
    }
  }
  for (const row of rows) {
    row.lines = row.events.length > most ? 2 : 1;
    row.more = Math.max(0, row.events.length - row.lines * most);
  }
  return rows;
}

/** Where the dark legs of a port come from. Its board lies beside them, above or below, and not on them. */
function waysOf(port, model, [lon, lat]) {
  let east = 0;
  let north = 0;
  for (const leg of model.legs.values()) {
    if (!port || !leg.ports.includes(port.index)) continue;
    for (const feature of leg.features) {
      eachPlace(feature.geometry, (x, y) => {
        east += Math.sign(x - lon);
        north += Math.sign(y - lat);
      });
    }
  }
  return { east: east >= 0, north: north >= 0 };
}

function placeOf(event) {
  const { geometry, properties } = event.features[0];
  if (geometry?.type === "Point") return geometry.coordinates;
  return typeof properties.lon === "number" && typeof properties.lat === "number" ? [properties.lon, properties.lat] : null;
}
