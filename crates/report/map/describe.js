// Events in words.

function vesselName(vessel, most = 40) {
  if (vessel.id === "") return "Unknown vessel";
  return vessel.name ? short(vessel.name, most) : short(vessel.id, most);
}

/** Whose an event is, in few words. */
function whoseOf(event, model, most = 40) {
  if (event.kind === "interference" || event.kind === "places") return counted(event.features[0].properties.vessels ?? 0, "vessel", "vessels");
  return vesselName(model.vessels[event.vessel], most);
}

function portName(port) {
  return short(port.name, 60);
}

function kindOf(event) {
  return KINDS.find((kind) => kind.key === event.kind);
}

function placeName(text) {
  return text ? short(text, 60) : null;
}

const STOP_WORDS = {
  alongside: "lay alongside",
  anchored: "lay at anchor",
  drifting: "was carried along",
  "aground or waiting": "lay still where no berth is: aground or waiting",
};

/** Whether an event's mark is an outline: what waits or only passes. */
function isHollow(event) {
  const kind = event.features?.[0]?.properties.kind;
  return event.kind === "passages" || kind === "anchorage" || kind === "anchored" || kind === "drifting";
}

/** "Dark call, Najin": what an event is, in few words. */
function titleOf(event) {
  const properties = event.features[0].properties;
  const one = kindOf(event).one;
  const port = placeName(properties.port);
  switch (event.kind) {
    case "voyages":
    case "dark_legs":
      return `${one}, ${placeName(properties.origin) ?? "unknown"} to ${placeName(properties.destination) ?? "unknown"}`;
    case "tracks":
      if (properties.origin) return `${one} from ${placeName(properties.origin)}`;
      return properties.destination ? `${one} to ${placeName(properties.destination)}` : one;
    case "stops": {
      const how = properties.kind && properties.kind !== "unknown" ? `${one}, ${properties.kind}` : one;
      return properties.nearest_port
        ? `${how}, ${Math.round((properties.distance_to_port_m ?? 0) / 1000)} km off ${placeName(properties.nearest_port)}`
        : how;
    }
    case "transits":
      return `${one}, ${placeName(properties.passage) ?? "a canal"}, towards the ${properties.direction ?? "other end"}`;
    case "port_calls":
      return `${one}${properties.kind === "anchorage" ? " at anchor" : ""}${port ? `, ${port}` : properties.place_name ? `, ${placeName(properties.place_name)}` : ""}`;
    case "explained_gaps":
    case "gaps": {
      const hours = typeof properties.duration_h === "number" ? ` of ${length(properties.duration_h)}` : ", still open";
      return `${gapName(properties) ?? one}${hours}${port ? `, in ${port}` : ""}`;
    }
    case "sightings":
      return `${one}, ${properties.verdict ?? "no verdict"}`;
    case "interference":
      return typeof properties.displaced_km === "number" ? `${one}, shown ${Math.round(properties.displaced_km)} km away` : one;
    case "places":
      // Most are called "place near ..." or "berth of ...".
      return properties.name ? placeName(properties.name).replace(/^./, (letter) => letter.toUpperCase()) : one;
    case "reach":
      return `${one} at ${properties.speed_basis === "cap" ? "the speed cap" : "her usual speed"}`;
    default:
      return port ? `${one}, ${port}` : one;
  }
}

/** What an event is, in a sentence: the run's own reason where there is one. */
function sentenceOf(event, model) {
  const properties = event.features[0].properties;
  if (properties.reason) return visible(properties.reason);
  const name = vesselName(model.vessels[event.vessel]);
  switch (event.kind) {
    case "voyages":
      return `${name} from one port call to the next, as her reports have it${shareOf(properties)}.`;
    case "tracks":
      return `What ${name} sailed before her first port call, after her last, or without any, as her reports have it.`;
    case "port_calls":
      return `${name} ${properties.kind === "anchorage" ? "waited at anchor in port, and did nothing else" : "stayed in port"}; ${CONFIDENCE[properties.confidence] ?? "how well it is borne out is not said"}.`;
    case "passages":
      return `${name} came through the port's radius without a stop.`;
    case "stops":
      return `${name} ${STOP_WORDS[properties.kind] ?? "stayed about one place"}${properties.call ? "" : ", at no port"}.`;
    case "transits":
      return `${name} went through the canal from its one end to its other.`;
    case "explained_gaps":
      return explainedGap(name, properties);
    case "gaps":
      return properties.end
        ? `No report of ${name} was received. The dashed line joins her last report and her next; it is not her way.`
        : `No report of ${name} was received until the data end.`;
    case "dark_legs":
      return `The way between two calls of which one at least is dark. Its dashed part is inferred: the shortest way by water, not where she was seen.`;
    case "places":
      return `${properties.kind === "anchorage" ? "An anchorage" : "A berth"}: ${counted(properties.vessels ?? 0, "vessel", "vessels")} made ${counted(properties.stops ?? 0, "stop", "stops")} there.`;
    case "reach":
      return properties.meaning ? `Reach area: ${visible(properties.meaning)}.` : "Where she could have been in the gap.";
    default:
      return kindOf(event).says;
  }
}

const CONFIDENCE = {
  4: "entry, exit and a stop were observed (confidence 4)",
  3: "a stop and one of entry and exit were observed (confidence 3)",
  2: "a stop only was observed (confidence 2)",
  1: "no stop was observed (confidence 1)",
};

function shareOf({ observed_share: share }) {
  if (typeof share !== "number") return "";
  return share >= 0.9995 ? "; no gap in it" : `; she was silent for ${Math.round((1 - share) * 100)}% of the time`;
}

/** What a gap is called that is no silence. */
function gapName({ kind, continued_as: continuedAs }) {
  if (continuedAs) return `Goes on as ${short(continuedAs, 40)}`;
  return { no_position: "Without position", left_area: "Left the area", outage: "Outage" }[kind] ?? null;
}

/** Why a gap is no silence, in a sentence. */
function explainedGap(name, properties) {
  if (properties.continued_as) {
    return `${name} is not heard under this id any more: the same ship goes on as ${short(properties.continued_as, 40)}. No dark hours are counted.`;
  }
  const { messages_without_position: messages, first_without_position: first, last_without_position: last } = properties;
  switch (properties.kind) {
    case "no_position":
      return `${name} went on sending, without a position: ${counted(messages ?? 0, "message", "messages")} from ${visible(first ?? "?")} to ${visible(last ?? "?")}. No dark hours are counted.`;
    case "left_area":
      return `${name} went out over the edge of the area from which anybody was ever heard. No dark hours are counted.`;
    case "outage":
      return "Nobody at all was heard in that time. No dark hours are counted.";
    default:
      return "A time without positions.";
  }
}

/** Whether an event was observed: "observed", "inferred", or "seen by others". */
function basisOf(event) {
  if (event.kind === "sightings") return "seen by others";
  if (event.kind === "gaps") return "silence";
  if (event.kind === "explained_gaps") return "no silence";
  const observed = event.features.map((feature) => feature.properties.observed);
  if (event.kind === "dark_calls" || event.kind === "reach") return "inferred";
  if (event.kind === "dark_legs") return observed.includes(true) ? "observed in part, inferred in part" : "inferred";
  return "observed";
}

/** The ids of other features that an event names, with what they are to it. */
function relatedOf(event, model) {
  const related = new Map();
  const add = (id, what) => {
    const other = typeof id === "string" ? model.byId.get(id) : undefined;
    if (other && other !== event && !related.has(other)) related.set(other, what);
  };
  const list = (ids, what) => (Array.isArray(ids) ? ids.forEach((id) => add(id, what)) : undefined);
  for (const { properties } of event.features) {
    add(properties.gap_id, "in this gap");
    list(properties.sighting_ids, "rests on");
    list(properties.cut_by, "cut by");
    list(properties.split_by, "split by");
    list(properties.over_sighting_ids, "over");
    list(properties.dark_call_ids, "leads to or from");
    list(properties.contradicts, "contradicts");
    add(properties.repeats, "repeats");
    for (const suspect of Array.isArray(properties.suspects) ? properties.suspects : []) add(suspect?.gap_id, "could be");
  }
  return related;
}

/** Those that name this event, from the other side. */
function namedBy(event, model) {
  const ids = new Set([event.id, ...event.features.map((feature) => feature.id)]);
  const has = (list) => Array.isArray(list) && list.some((id) => ids.has(id));
  const found = new Map();
  for (const other of model.events) {
    if (other === event || (other.vessel !== event.vessel && other.kind !== "sightings" && event.kind !== "sightings")) continue;
    for (const { properties } of other.features) {
      if (has(properties.dark_call_ids)) found.set(other, "its way");
      else if (has(properties.split_by)) found.set(other, "splits");
      else if (has(properties.sighting_ids)) found.set(other, "bears out");
      else if (has(properties.cut_by)) found.set(other, "cuts");
      else if (ids.has(properties.repeats)) found.set(other, "repeated by");
      else if (ids.has(properties.gap_id)) found.set(other, other.kind === "dark_calls" ? "inferred in it" : other.kind === "reach" ? "within reach" : "told by");
    }
  }
  return found;
}
