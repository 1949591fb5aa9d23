// What a run found, as the page uses it: vessels, ports, events.

// The kinds of events in the order in which they are listed; `layer` names of the output.
const KINDS = [
  { key: "voyages", one: "Voyage", several: "Voyages", says: "observed, port to port" },
  { key: "tracks", one: "Track", several: "Tracks", says: "observed, before or after all calls" },
  { key: "port_calls", one: "Port call", several: "Port calls", says: "observed stays in port" },
  { key: "passages", one: "Passage", several: "Passages", says: "through a port without a stop" },
  { key: "stops", one: "Stop", several: "Stops", says: "observed: alongside, at anchor, drifting, aground or waiting" },
  { key: "transits", one: "Transit", several: "Transits", says: "observed, through a canal" },
  { key: "gaps", one: "Gap", several: "Gaps", says: "silences that nothing explains; no way sailed" },
  { key: "explained_gaps", one: "Gap", several: "Explained gaps", says: "no position, area left, outage, other id: no silence" },
  { key: "dark_legs", one: "Dark leg", several: "Dark legs", says: "inferred ways by water" },
  { key: "dark_calls", one: "Dark call", several: "Dark calls", says: "inferred in gaps" },
  { key: "sightings", one: "Sighting", several: "Sightings", says: "by other means than AIS" },
  { key: "reach", one: "Reach area", several: "Reach areas", says: "where she could have been" },
  { key: "interference", one: "Zone of interference", several: "Interference", says: "where positions of several vessels were displaced" },
  { key: "places", one: "Place", several: "Places", says: "berths and anchorages where several vessels were seen to lie" },
];

// What is of no one vessel, or covers others, has no lane in the timeline.
const WITHOUT_LANE = new Set(["reach", "interference", "places"]);

// Reach areas are as large as seas, so that they are shown when asked for only.
const USUAL_KINDS = KINDS.map((kind) => kind.key).filter((key) => key !== "reach");

const GRADES = [
  { key: "D4", says: "independent sightings" },
  { key: "D3", says: "one sighting" },
  { key: "D2", says: "repeats a leg that was sighted" },
  { key: "D1", says: "reachable only" },
];

const VERDICTS = [
  { key: "confirmed", says: "she reported there then" },
  { key: "possible", says: "she was silent, and could have been there" },
  { key: "contradicted", says: "AIS has her elsewhere" },
  { key: "unknown vessel", says: "nobody in the data can be taken for the one seen" },
  { key: "left out", says: "of a vessel or time that the run was restricted to leave out" },
  { key: "outside the data", says: "the data do not reach there" },
];

// A sighting counts to a port within this distance, or within its error radius.
const SIGHTED_NEAR_KM = 10;

class Model {
  constructor(run) {
    this.run = run;
    this.vessels = [];
    this.ports = [];
    this.events = [];
    this.tracks = new TrackStore();
    this.byId = new Map();
    this.vesselOf = new Map();
    this.portOf = new Map();
    this.legs = new Map();
    for (const [name, locode, country, lon, lat] of run.ports ?? []) this.port(name, locode, country, lon, lat);
  }

  port(name, locode, country, lon, lat) {
    const key = locode || name;
    if (!key) return -1;
    let index = this.portOf.get(key);
    if (index === undefined) {
      index = this.ports.length;
      this.portOf.set(key, index);
      this.ports.push({ index, key, name: name || key, locode: locode ?? null, country: country ?? null, lon, lat, events: 0 });
    }
    const port = this.ports[index];
    if (port.lon === undefined && lon !== undefined) Object.assign(port, { lon, lat });
    return index;
  }

  vessel(properties) {
    // Sightings of nobody in the data share one lane.
    const id = properties.vessel_id ?? "";
    let index = this.vesselOf.get(id);
    if (index === undefined) {
      index = this.vessels.length;
      this.vesselOf.set(id, index);
      this.vessels.push({ index, id, name: null, mmsi: null, imo: null, type: null, events: 0, rank: 0 });
    }
    const vessel = this.vessels[index];
    if (id !== "") {
      vessel.name ??= properties.name ?? null;
      vessel.mmsi ??= properties.mmsi ?? null;
      vessel.imo ??= properties.imo ?? null;
      vessel.type ??= properties.ship_type ?? null;
    }
    return index;
  }

  /** Takes one line of the features. */
  add(feature) {
    const layer = feature.layer;
    const properties = feature.properties ?? {};
    if (!KINDS.some((kind) => kind.key === layer)) return;
    if (layer === "dark_legs" && properties.leg_id) {
      const leg = this.legs.get(properties.leg_id);
      if (leg) {
        leg.features.push(feature);
        this.byId.set(feature.id, leg);
        return;
      }
    }
    const { from, to } = spanOf(layer, properties, this.run);
    const event = {
      index: this.events.length,
      id: layer === "dark_legs" ? (properties.leg_id ?? feature.id) : feature.id,
      kind: kindIn(layer, properties),
      vessel: this.vessel(properties),
      ports: this.portsOf(layer, properties, feature.geometry),
      grade: properties.grade ?? properties.verdict ?? null,
      from,
      to,
      features: [feature],
      line: -1,
      parts: null,
    };
    if (layer === "voyages" || layer === "tracks") this.addTrack(event, feature);
    if (layer === "dark_legs") this.legs.set(event.id, event);
    this.events.push(event);
    this.byId.set(feature.id, event);
    this.byId.set(event.id, event);
  }

  addTrack(event, feature) {
    const { geometry, properties } = feature;
    const nested = geometry?.type === "LineString" ? [geometry.coordinates] : (geometry?.coordinates ?? []);
    const times = geometry?.type === "LineString" ? [properties.times] : (properties.times ?? []);
    event.line = event.index;
    const first = this.tracks.parts.length;
    nested.forEach((part, at) => this.tracks.add(part, times[at], event.index, event.from, event.to));
    event.parts = [first, this.tracks.parts.length];
    // The numbers are in the store now; the texts they came from would be twenty times as large.
    feature.geometry = null;
    delete properties.times;
  }

  portsOf(layer, properties, geometry) {
    const place = geometry?.type === "Point" ? geometry.coordinates : [];
    const ports = [];
    const add = (name, locode, country, lon, lat) => {
      const port = this.port(name, locode, country, lon, lat);
      if (port >= 0 && !ports.includes(port)) ports.push(port);
    };
    if (layer === "voyages" || layer === "tracks" || layer === "dark_legs") {
      add(properties.origin, properties.origin_locode);
      add(properties.destination, properties.destination_locode);
    } else if (layer === "port_calls" || layer === "passages" || layer === "dark_calls" || layer === "gaps") {
      add(properties.port, properties.port_locode, properties.port_country, ...(layer === "gaps" ? [] : place));
    }
    return ports;
  }

  /** What can be said only once everything is there. */
  finish() {
    this.tellGapsTheirCalls();
    this.tellSightingsTheirPorts();
    for (const event of this.events) {
      this.vessels[event.vessel].events += 1;
      for (const port of event.ports) this.ports[port].events += 1;
    }
    // The most eventful vessels come first, so that they have the clearest colours.
    this.ranked = [...this.vessels].sort(
      (a, b) => (a.id === "") - (b.id === "") || b.events - a.events || (a.id < b.id ? -1 : 1),
    );
    this.ranked.forEach((vessel, rank) => (vessel.rank = rank));
    // A place is there at all times, and comes after what happened.
    const isPlace = (event) => event.kind === "places";
    this.ordered = [...this.events].sort((a, b) => isPlace(a) - isPlace(b) || a.from - b.from || a.index - b.index);
    let first = seconds(this.run.first) ?? Infinity;
    let last = seconds(this.run.last) ?? -Infinity;
    if (!(first < last)) {
      // A run of sightings alone, say.
      for (const event of this.events) {
        first = Math.min(first, event.from);
        last = Math.max(last, event.to);
      }
    }
    if (!Number.isFinite(first) || !Number.isFinite(last)) first = last = 0;
    this.first = first;
    this.last = Math.max(last, first + 60);
  }

  /** A gap belongs to the ports of the dark calls in it, as well as to the port she lay in. */
  tellGapsTheirCalls() {
    for (const call of this.events) {
      if (call.kind !== "dark_calls") continue;
      const gap = this.byId.get(call.features[0].properties.gap_id);
      if (!gap) continue;
      for (const port of call.ports) if (!gap.ports.includes(port)) gap.ports.push(port);
    }
  }

  tellSightingsTheirPorts() {
    const used = this.ports.filter((port) => port.lon !== undefined);
    for (const event of this.events) {
      if (event.kind !== "sightings") continue;
      const { lon, lat, error_radius_m: radius } = event.features[0].properties;
      if (typeof lon !== "number" || typeof lat !== "number") continue;
      let least = Math.max(SIGHTED_NEAR_KM, (radius ?? 0) / 1000);
      for (const port of used) {
        if (Math.abs(port.lat - lat) > least / 110) continue;
        const distance = kilometres(lon, lat, port.lon, port.lat);
        if (distance > least) continue;
        least = distance;
        event.ports = [port.index];
      }
    }
  }
}

/** The kind of a feature of a layer: gaps that are no silence are a kind of their own. */
function kindIn(layer, { kind, continued_as: continuedAs }) {
  const isExplained = layer === "gaps" && ((kind ?? "silence") !== "silence" || Boolean(continuedAs));
  return isExplained ? "explained_gaps" : layer;
}

function isGap(event) {
  return event.kind === "gaps" || event.kind === "explained_gaps";
}

/** From when to when an event is. An end that was not seen is the last that is known of it. */
function spanOf(layer, properties, run) {
  const of = (...names) => {
    for (const name of names) {
      const time = seconds(properties[name]);
      if (time !== null) return time;
    }
    return null;
  };
  const first = seconds(run.first) ?? 0;
  const last = seconds(run.last) ?? first;
  const from = of(...FROM[layer]) ?? first;
  const to = of(...TO[layer]) ?? Math.max(last, from);
  return { from: Math.min(from, to), to: Math.max(from, to) };
}

const FROM = {
  voyages: ["departure", "first_report"],
  tracks: ["departure", "first_report"],
  port_calls: ["arrival", "first_report"],
  passages: ["arrival", "entry", "first_report"],
  stops: ["start", "first_report"],
  transits: ["entry", "first_report"],
  gaps: ["start"],
  dark_legs: ["departure_earliest"],
  dark_calls: ["arrival_earliest", "gap_start"],
  sightings: ["time_from"],
  reach: ["start"],
  interference: ["time_from"],
  places: [],
};

const TO = {
  voyages: ["arrival", "last_report"],
  tracks: ["arrival", "last_report"],
  port_calls: ["departure", "last_report"],
  passages: ["departure", "exit", "last_report"],
  stops: ["end", "last_report"],
  transits: ["exit", "last_report"],
  gaps: ["end"],
  dark_legs: ["arrival_latest"],
  dark_calls: ["departure_latest", "gap_end"],
  sightings: ["time_to"],
  reach: ["end"],
  interference: ["time_to"],
  places: [],
};
