// Where each vessel was at a moment, as far as that is known.

/** What is known of each vessel in order of time, to be asked for one moment after another. */
class Positions {
  constructor(model) {
    this.tracks = model.tracks;
    this.spans = model.vessels.map(() => ({ parts: [], silences: [], calls: [] }));
    for (const part of model.tracks.parts) {
      if (!part.timed) continue;
      const { begin, end } = part;
      const spans = this.spans[model.events[part.line].vessel];
      spans.parts.push({ from: this.tracks.time[begin], to: this.tracks.time[end - 1], begin, end });
    }
    for (const event of model.events) {
      const { geometry, properties } = event.features[0];
      if (isGap(event)) {
        const { start_lon: lon, start_lat: lat } = properties;
        if (typeof lon === "number" && typeof lat === "number") {
          this.spans[event.vessel].silences.push({ from: event.from, to: event.to, lon, lat, how: event.kind === "gaps" ? "silent" : "not heard" });
        }
      } else if (event.kind === "port_calls" && geometry?.type === "Point") {
        const [lon, lat] = geometry.coordinates;
        this.spans[event.vessel].calls.push({ from: event.from, to: event.to, lon, lat });
      }
    }
    for (const spans of this.spans) {
      for (const list of Object.values(spans)) list.sort((a, b) => a.from - b.from);
    }
  }

  /**
   * Where a vessel was: `{ lon, lat, how }`, or null if nothing is known. `how` is "at sea" between
   * two of its reports, "in port", or "silent" or, where that is explained, "not heard": then the place
   * is the last it was heard at.
   */
  at(vessel, time) {
    const { parts, silences, calls } = this.spans[vessel];
    const silence = spanAt(silences, time);
    if (silence) return { lon: silence.lon, lat: silence.lat, how: silence.how };
    const part = spanAt(parts, time);
    if (part) return { ...this.between(part, time), how: "at sea" };
    const call = spanAt(calls, time);
    return call && { lon: call.lon, lat: call.lat, how: "in port" };
  }

  between({ begin, end }, time) {
    const { x, y, time: times } = this.tracks;
    let low = begin;
    let high = end - 1;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (times[middle] <= time) low = middle;
      else high = middle;
    }
    const span = times[high] - times[low];
    const share = span > 0 ? (time - times[low]) / span : 0;
    const east = (x[low] + Math.round(((x[high] - x[low]) | 0) * share)) | 0;
    return { lon: longitude(east), lat: latitude(y[low] + (y[high] - y[low]) * share) };
  }
}

/** Of spans in order of time, the last that began by then, if it has not ended. */
function spanAt(spans, time) {
  let low = 0;
  let high = spans.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (spans[middle].from <= time) low = middle + 1;
    else high = middle;
  }
  const span = spans[low - 1];
  return span && span.to >= time ? span : null;
}
