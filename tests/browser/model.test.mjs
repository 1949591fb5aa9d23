import assert from "node:assert/strict";
import { test } from "node:test";
import { scripts } from "./scripts.mjs";

const { Model, Positions, passes, freshState, overlaps, mapWindowOf, layBoards, relatedOf, namedBy, titleOf, sentenceOf, basisOf, easting, northing, whoseOf } = scripts(
  "Model", "Positions", "passes", "freshState", "overlaps", "mapWindowOf", "layBoards", "relatedOf", "namedBy", "titleOf", "sentenceOf", "basisOf", "easting", "northing", "whoseOf",
);

const hour = (number) => new Date(Date.UTC(2024, 0, 1, number)).toISOString().replace(".000Z", "Z");
const epoch = (number) => Date.UTC(2024, 0, 1, number) / 1000;

/** A ship that sails for two hours, is silent for ten, was seen in port "B" meanwhile, and sails on. */
function model() {
  const made = new Model({ first: hour(0), last: hour(20), ports: [["A", "XXAAA", "XX", 0, 0], ["B", "XXBBB", "XX", 1, 1]] });
  const ship = { vessel_id: "1", mmsi: "1", name: "ONE" };
  const features = [
    { layer: "port_calls", id: "1/port_call/a", geometry: { type: "Point", coordinates: [0, 0] }, properties: { ...ship, port: "A", port_locode: "XXAAA", arrival: null, departure: hour(2), first_report: hour(0), confidence: 3 } },
    {
      layer: "voyages", id: "1/voyage/a",
      geometry: { type: "MultiLineString", coordinates: [[[0, 0], [0, 0.2]], [[0, 0.5], [0, 0.7]]] },
      properties: { ...ship, origin: "A", origin_locode: "XXAAA", destination: "A", destination_locode: "XXAAA", departure: hour(2), arrival: hour(16), observed_share: 0.3, times: [[epoch(2), epoch(4)], [epoch(14), epoch(16)]] },
    },
    { layer: "gaps", id: "1/gap/a", geometry: { type: "LineString", coordinates: [[0, 0.2], [0, 0.5]] }, properties: { ...ship, start: hour(4), end: hour(14), duration_h: 10, start_lon: 0, start_lat: 0.2, port: null, observed: false, split_by: ["sighting/s"] } },
    { layer: "dark_calls", id: "1/dark_call/a/XXBBB", geometry: { type: "Point", coordinates: [1, 1] }, properties: { ...ship, grade: "D3", port: "B", port_locode: "XXBBB", arrival_earliest: hour(7), arrival_latest: hour(8), departure_earliest: hour(9), departure_latest: hour(10), gap_id: "1/gap/a", sighting_ids: ["sighting/s"], observed: false, reason: "Seen at B." } },
    ...["observed", "inferred"].map((part) => ({ layer: "dark_legs", id: `1/leg/${part}`, geometry: { type: "MultiLineString", coordinates: [[[0, 0.2], [1, 1]]] }, properties: { ...ship, leg_id: "1/leg", part, observed: part === "observed", grade: "D3", origin: "A", origin_locode: "XXAAA", destination: "B", destination_locode: "XXBBB", destination_dark: true, departure_earliest: hour(2), arrival_latest: hour(8), dark_call_ids: ["1/dark_call/a/XXBBB"] } })),
    { layer: "sightings", id: "sighting/s", geometry: { type: "Point", coordinates: [1.02, 1] }, properties: { vessel_id: "1", name: "ONE", verdict: "possible", time_from: hour(8), time_to: hour(9), lon: 1.02, lat: 1, error_radius_m: 5000, gap_id: "1/gap/a" } },
    { layer: "sightings", id: "sighting/t", geometry: { type: "Point", coordinates: [50, 50] }, properties: { vessel_id: null, verdict: "unknown vessel", time_from: hour(8), time_to: hour(9), lon: 50, lat: 50, error_radius_m: 5000 } },
    { layer: "reach", id: "1/reach/a", geometry: null, properties: { ...ship, start: hour(4), end: hour(14), gap_id: "1/gap/a", speed_basis: "cap" } },
    { layer: "something new", id: "x", geometry: null, properties: {} },
  ];
  for (const feature of features) made.add(feature);
  made.finish();
  return made;
}

test("features become events; the parts of a leg become one; what is not known is left out", () => {
  const { events, vessels } = model();
  assert.deepEqual(events.map((event) => event.kind), ["port_calls", "voyages", "gaps", "dark_calls", "dark_legs", "sightings", "sightings", "reach"]);
  assert.equal(events[4].features.length, 2);
  assert.deepEqual(vessels.map((vessel) => vessel.id), ["1", ""]);
});

test("ends that were not seen are the last that is known", () => {
  const made = model();
  const call = made.byId.get("1/port_call/a");
  assert.deepEqual([call.from, call.to], [epoch(0), epoch(2)]);
  made.add({ layer: "gaps", id: "open", geometry: null, properties: { vessel_id: "1", start: hour(18), end: null } });
  assert.equal(made.byId.get("open").to, epoch(20));
});

test("gaps know the ports of their dark calls, sightings the port they were made at", () => {
  const made = model();
  const names = (id) => made.byId.get(id).ports.map((port) => made.ports[port].key);
  assert.deepEqual(names("1/gap/a"), ["XXBBB"]);
  assert.deepEqual(names("sighting/s"), ["XXBBB"]);
  assert.deepEqual(names("sighting/t"), []);
});

test("filters go by vessel, port, kind, and grade or verdict", () => {
  const made = model();
  const shown = (change) => made.events.filter((event) => passes(event, { ...freshState(), ...change }, made)).map((event) => event.id);
  assert.equal(shown({}).length, 7, "all but reach");
  assert.deepEqual(shown({ vessels: new Set([""]) }), ["sighting/t"]);
  assert.deepEqual(shown({ vessels: new Set() }), []);
  assert.deepEqual(shown({ ports: new Set(["XXBBB"]) }), ["1/gap/a", "1/dark_call/a/XXBBB", "1/leg", "sighting/s"]);
  assert.deepEqual(shown({ kinds: new Set(["reach"]) }), ["1/reach/a"]);
  assert.ok(!shown({ grades: new Set(["D4", "possible"]) }).includes("1/dark_call/a/XXBBB"));
  assert.ok(shown({ grades: new Set(["D4", "possible"]) }).includes("sighting/s"));
  assert.ok(shown({ grades: new Set(["D4"]) }).includes("1/gap/a"), "what has no grade is not filtered by one");
});

test("the map shows nothing that comes after the moment", () => {
  const made = model();
  const at = (state) => mapWindowOf({ ...freshState(), ...state }, made);
  assert.deepEqual(at({}), [epoch(0), epoch(20)]);
  assert.deepEqual(at({ at: epoch(5) }), [epoch(0), epoch(5)]);
  assert.deepEqual(at({ at: epoch(5), trail: 3600 }), [epoch(4), epoch(5)]);
  assert.deepEqual(at({ at: epoch(5), time: [epoch(3), epoch(9)] }), [epoch(3), epoch(5)]);
  assert.ok(overlaps({ from: 1, to: 5 }, 5, 9));
  assert.ok(!overlaps({ from: 1, to: 5 }, 6, 9));
});

test("a ship is placed between two reports, never within a silence", () => {
  const positions = new Positions(model());
  assert.deepEqual(positions.at(0, epoch(1)).how, "in port");
  const sailing = positions.at(0, epoch(3));
  assert.equal(sailing.how, "at sea");
  assert.ok(Math.abs(sailing.lat - 0.1) < 1e-4);
  for (const time of [epoch(4) + 1, epoch(9), epoch(14) - 1]) {
    assert.deepEqual(positions.at(0, time), { lon: 0, lat: 0.2, how: "silent" }, "where she was last heard");
  }
  assert.equal(positions.at(0, epoch(15)).how, "at sea");
  assert.equal(positions.at(0, epoch(19)), null);
  assert.equal(positions.at(1, epoch(9)), null, "an unknown vessel is nowhere");
});

test("a line without times is drawn, and nobody is placed on it", () => {
  const made = new Model({ first: hour(0), last: hour(9), ports: [] });
  made.add({ layer: "tracks", id: "t", geometry: { type: "MultiLineString", coordinates: [[[0, 0], [0, 1]]] }, properties: { vessel_id: "1", departure: hour(1), last_report: hour(5) } });
  made.finish();
  assert.equal(made.tracks.length, 2);
  assert.equal(new Positions(made).at(0, epoch(3)), null);
});

test("tracks are packed for the graphics card, coarser where that is asked for, with their ends", () => {
  const made = model();
  const fine = made.tracks.packed(made.first, 0);
  assert.equal(fine.length, 5 * 4, "four places and one to read past the end");
  const places = [0, 1, 2, 3].map((at) => [...fine.slice(at * 4, at * 4 + 4)]);
  const line = 2 * made.byId.get("1/voyage/a").line;
  const place = (lat, after, ends) => [easting(0), northing(lat), after * 3600, line + ends];
  const [first, second] = [[place(0, 2, 0), place(0.2, 4, 1)], [place(0.5, 14, 0), place(0.7, 16, 1)]];
  // Which part comes first is all the same; each ends with a place from which nothing leads on.
  assert.deepEqual(places, places[0][2] === first[0][2] ? [...first, ...second] : [...second, ...first]);
  const long = new Model({ first: hour(0), last: hour(9), ports: [] });
  // A zigzag whose teeth are as high as one in a thousand of its length, and a stop in its middle.
  const coordinates = Array.from({ length: 1001 }, (_, at) => [at / 1000, at % 2 ? 0.001 : 0]);
  long.add({ layer: "voyages", id: "v", geometry: { type: "LineString", coordinates }, properties: { vessel_id: "1", times: coordinates.map((_, at) => epoch(0) + at + (at > 500 ? 20000 : 0)) } });
  assert.equal(long.tracks.packed(epoch(0), 0).length, 1002 * 4);
  const apart = easting(0.002) - easting(0);
  const coarse = long.tracks.packed(epoch(0), apart);
  assert.ok(coarse.length <= 8 * 4, `${coarse.length / 4} places`);
  assert.equal(coarse[coarse.length - 8], easting(1), "the end is kept");
  const times = [];
  for (let at = 0; at < coarse.length - 4; at += 4) times.push(coarse[at + 2]);
  assert.ok(times.some((time) => Math.abs(time - 500) <= 3) && times.some((time) => Math.abs(time - 20501) <= 3), "and the stop, though it bends nothing");
});

test("a click finds the nearest track that is shown, on its observed parts only", () => {
  const made = model();
  const { tracks } = made;
  const near = (lon, lat, shown = () => true) => tracks.nearest(easting(lon), northing(lat), easting(0.05) - easting(0), -Infinity, Infinity, shown);
  assert.equal(near(0.01, 0.1), made.byId.get("1/voyage/a").line);
  assert.equal(near(0.01, 0.35), null, "in the gap there is nothing");
  assert.equal(near(0.01, 0.1, () => false), null);
  assert.equal(tracks.nearest(easting(0.01), northing(0.1), easting(0.05) - easting(0), epoch(10), epoch(12), () => true), null, "not sailed then");
});

test("dark calls and sightings of a port are set out on one board, each at a place of its own", () => {
  const made = model();
  const boards = layBoards(made, false);
  assert.equal(boards.length, 2);
  const [board] = boards.filter((other) => other.rows.length > 0);
  assert.deepEqual([board.lon, board.lat], [1, 1]);
  assert.match(board.title, /B: 1 sighted \(inferred\); 1 sighting/);
  assert.deepEqual(board.marks.map((mark) => mark.event.kind), ["dark_calls", "sightings"]);
  assert.notDeepEqual(board.marks[0].offset, board.marks[1].offset);
  assert.ok(board.left + board.width <= 40, "on the side of the ways, which come from the west");
  assert.ok(board.top + board.height < 0, "above, as they come from the south");
});

test("a board does not grow without bound, and says what it leaves out", () => {
  const made = new Model({ first: hour(0), last: hour(20), ports: [["B", "XXBBB", "XX", 1, 1]] });
  for (let at = 0; at < 1000; at += 1) {
    made.add({ layer: "dark_calls", id: `d${at}`, geometry: { type: "Point", coordinates: [1, 1] }, properties: { vessel_id: String(at % 50), grade: "D1", port: "B", port_locode: "XXBBB", arrival_earliest: hour(1), departure_latest: hour(3) } });
  }
  made.finish();
  const [board] = layBoards(made, false);
  assert.ok(board.width < 500 && board.height < 400);
  assert.equal(board.marks.length + board.rows.reduce((sum, row) => sum + row.more, 0), 1000);
});

test("what belongs together is found from both sides", () => {
  const made = model();
  const call = made.byId.get("1/dark_call/a/XXBBB");
  const ids = (map) => [...map.keys()].map((event) => event.id).sort();
  assert.deepEqual(ids(relatedOf(call, made)), ["1/gap/a", "sighting/s"]);
  assert.deepEqual(ids(namedBy(call, made)), ["1/leg"]);
  assert.deepEqual(ids(namedBy(made.byId.get("sighting/s"), made)), ["1/dark_call/a/XXBBB", "1/gap/a"]);
  assert.equal(made.byId.get("1/leg/inferred"), made.byId.get("1/leg"), "a leg is found by its parts");
});

test("events in words, and never more than is known", () => {
  const made = model();
  const of = (id) => made.byId.get(id);
  assert.equal(titleOf(of("1/gap/a")), "Gap of 10 h");
  assert.equal(titleOf(of("1/dark_call/a/XXBBB")), "Dark call, B");
  assert.equal(sentenceOf(of("1/dark_call/a/XXBBB"), made), "Seen at B.");
  assert.match(sentenceOf(of("1/gap/a"), made), /it is not her way/);
  assert.equal(basisOf(of("1/dark_call/a/XXBBB")), "inferred");
  assert.equal(basisOf(of("1/leg")), "observed in part, inferred in part");
  assert.equal(basisOf(of("1/voyage/a")), "observed");
  assert.equal(basisOf(of("sighting/s")), "seen by others");
  for (const event of made.events) assert.ok(titleOf(event) && sentenceOf(event, made));
});

test("features without any property do no harm", () => {
  const made = new Model({});
  for (const layer of ["voyages", "tracks", "port_calls", "passages", "stops", "gaps", "dark_legs", "dark_calls", "sightings", "reach"]) {
    made.add({ layer, id: `${layer}/bare`, geometry: null, properties: {} });
  }
  made.finish();
  for (const event of made.events) {
    assert.ok(titleOf(event) && sentenceOf(event, made) && basisOf(event));
    relatedOf(event, made);
    namedBy(event, made);
  }
  layBoards(made, true);
  assert.equal(new Positions(made).at(0, 0), null);
});

test("gaps that are no silence are a kind of their own, and say why", () => {
  const made = model();
  const gap = (id, more) => made.add({ layer: "gaps", id, geometry: null, properties: { vessel_id: "1", name: "ONE", start: hour(16), end: hour(18), duration_h: 2, start_lon: 0, start_lat: 1, ...more } });
  gap("silence", { kind: "silence", continued_as: null });
  gap("left", { kind: "left_area" });
  gap("outage", { kind: "outage" });
  gap("without", { kind: "no_position", messages_without_position: 120, first_without_position: hour(16), last_without_position: hour(17) });
  gap("goes on", { kind: "silence", continued_as: "2" });
  const of = (id) => made.byId.get(id);
  assert.deepEqual(["1/gap/a", "silence"].map((id) => of(id).kind), ["gaps", "gaps"]);
  assert.deepEqual(["left", "outage", "without", "goes on"].map((id) => of(id).kind), Array(4).fill("explained_gaps"));
  assert.match(titleOf(of("left")), /^Left the area of 2/);
  assert.match(titleOf(of("goes on")), /^Goes on as 2/);
  assert.match(sentenceOf(of("without"), made), /120 messages from/);
  assert.equal(basisOf(of("outage")), "no silence");
  assert.equal(basisOf(of("silence")), "silence");
  assert.equal(of("left").from, epoch(16));
  const lone = new Model({ first: hour(0), last: hour(20) });
  lone.add({ layer: "gaps", id: "left", geometry: null, properties: { vessel_id: "1", start: hour(6), end: hour(18), kind: "left_area", start_lon: 0, start_lat: 1 } });
  lone.finish();
  assert.equal(new Positions(lone).at(0, epoch(17)).how, "not heard");
});

test("a zone of interference is of several vessels, and passes the filter of any of them", () => {
  const made = model();
  made.add({ layer: "interference", id: "interference/a", geometry: null, properties: { time_from: hour(3), time_to: hour(5), vessels: 3, vessel_ids: ["1", "7", "8"], displaced_km: 211.6, reason: "Shown elsewhere." } });
  made.finish();
  const zone = made.byId.get("interference/a");
  assert.deepEqual([zone.from, zone.to], [epoch(3), epoch(5)]);
  assert.equal(whoseOf(zone, made), "3 vessels");
  assert.equal(titleOf(zone), "Zone of interference, shown 212 km away");
  const chosen = (id) => passes(zone, { ...freshState(), vessels: new Set([id]) }, made);
  assert.deepEqual([chosen("7"), chosen("9")], [true, false]);
});

test("a place is of nobody, passes the filter of any vessel, and comes after what happened", () => {
  const made = new Model({ first: hour(0), last: hour(50), ports: [] });
  made.add({ layer: "places", id: "berth:1,2", geometry: null, properties: { name: "place near Najin, 6.4 km", kind: "berth", vessels: 3, stops: 7 } });
  made.add({ layer: "stops", id: "1/stop/a", geometry: null, properties: { vessel_id: "1", kind: "alongside", start: hour(30), end: hour(40) } });
  made.finish();
  const place = made.byId.get("berth:1,2");
  assert.deepEqual(made.ordered.map((event) => event.id), ["1/stop/a", "berth:1,2"]);
  assert.equal(titleOf(place), "Place near Najin, 6.4 km");
  assert.equal(passes(place, { ...freshState(), vessels: new Set(["2"]) }, made), true);
});
