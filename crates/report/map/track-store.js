// All that was observed of the vessels' ways, in a few arrays of numbers: a million positions as
// objects would be ten times as large.

// Lines are thinned in runs of so many places: in the worst of lines the work is the square of a run.
const RUN = 2048;
const MOST_SECONDS = 2 ** 31 - 1;

class TrackStore {
  constructor() {
    this.length = 0;
    this.x = new Int32Array(4096);
    this.y = new Int32Array(4096);
    this.time = new Float64Array(4096);
    /** Of each part: its line, the first of its places, and one past the last. */
    this.parts = [];
  }

  /** Adds one unbroken part of a line. Without times it is drawn whole, and nobody is placed on it. */
  add(coordinates, times, line, from, to) {
    if (!Array.isArray(coordinates)) return;
    const begin = this.length;
    const timed = Array.isArray(times) && times.length === coordinates.length;
    while (this.length + coordinates.length > this.x.length) this.grow();
    for (let at = 0; at < coordinates.length; at += 1) {
      const [lon, lat] = coordinates[at];
      this.x[this.length] = easting(lon);
      this.y[this.length] = northing(lat);
      this.time[this.length] = timed ? times[at] : at === 0 ? from : to;
      this.length += 1;
    }
    if (this.length > begin) this.parts.push({ line, begin, end: this.length, timed });
  }

  grow() {
    for (const name of ["x", "y", "time"]) {
      const larger = new this[name].constructor(this[name].length * 2);
      larger.set(this[name]);
      this[name] = larger;
    }
  }

  /**
   * The places as the graphics card takes them, four whole numbers each: easting, northing, seconds
   * since `epoch`, and twice the line's number, plus one where a part ends and nothing leads on.
   * Places without which the line stays within `apart` units are left out; ends are always kept.
   */
  packed(epoch, apart, parts = this.parts) {
    const kept = apart > 0 ? this.kept(apart, parts) : null;
    const places = parts.reduce((sum, { begin, end }) => sum + end - begin, 0);
    const numbers = new Int32Array((places + 1) * 4);
    let at = 0;
    for (const { line, begin, end } of this.neighbours(parts)) {
      for (let place = begin; place < end; place += 1) {
        if (kept && kept[place] === 0) continue;
        numbers[at] = this.x[place];
        numbers[at + 1] = this.y[place];
        // Of 68 years before or after; what lies beyond is shown at their end.
        numbers[at + 2] = Math.max(-MOST_SECONDS, Math.min(MOST_SECONDS, this.time[place] - epoch));
        numbers[at + 3] = line * 2 + (place === end - 1 ? 1 : 0);
        at += 4;
      }
    }
    // One place more, because every stretch reads the place after its own.
    return numbers.slice(0, at + 4);
  }

  /** The parts in `ranks` ranks, the longest third of a third first, each rank three times the one before. */
  ranks(ranks) {
    const reach = new Map(this.parts.map((part) => [part, this.reach(part)]));
    const sorted = [...this.parts].sort((a, b) => reach.get(b) - reach.get(a));
    const ends = Array.from({ length: ranks }, (_, rank) => Math.ceil(sorted.length / 3 ** (ranks - 1 - rank)));
    return ends.map((end, rank) => sorted.slice(ends[rank - 1] ?? 0, end));
  }

  /** How far a part reaches from its first place, either way. */
  reach({ begin, end }) {
    let most = 0;
    for (let place = begin + 1; place < end; place += 1) {
      most = Math.max(most, Math.abs((this.x[place] - this.x[begin]) | 0), Math.abs(this.y[place] - this.y[begin]) * 2);
    }
    return most;
  }

  /** The parts, those near each other one after the other, so that what is off the screen can be left out together. */
  neighbours(parts) {
    const keys = new Map(parts.map((part) => [part, this.cell((part.begin + part.end) >> 1)]));
    return [...parts].sort((a, b) => keys.get(a) - keys.get(b));
  }

  /** The number of a place's cell along a curve through all cells (Morton's), a thousandth of the world wide. */
  cell(place) {
    const east = this.x[place] >>> 22;
    const south = this.y[place] >>> 21;
    let number = 0;
    for (let bit = 9; bit >= 0; bit -= 1) number = number * 4 + ((east >> bit) & 1) * 2 + ((south >> bit) & 1);
    return number;
  }

  /** Which places are needed so that every other is within `apart` of where it would be drawn at its time. */
  kept(apart, parts) {
    const kept = new Uint8Array(this.length);
    const stack = [];
    for (const { begin, end } of parts) {
      kept[end - 1] = 1;
      for (let at = begin; at < end - 1; at += RUN) {
        kept[at] = 1;
        stack.push(at, Math.min(at + RUN, end - 1));
      }
      kept[begin] = 1;
      // After Douglas and Peucker: the farthest place is kept, and both sides are looked at alike.
      while (stack.length > 0) {
        const last = stack.pop();
        const first = stack.pop();
        const far = this.farthest(first, last, apart);
        if (far < 0) continue;
        kept[far] = 1;
        stack.push(first, far, far, last);
      }
    }
    return kept;
  }

  /** The place between two others that is farthest from where she would be then; -1 if all are within `apart`. */
  farthest(first, last, apart) {
    const { x, y, time } = this;
    const east = (x[last] - x[first]) | 0;
    const south = (y[last] - y[first]) * 2;
    const lasts = time[last] - time[first] || 1;
    let most = apart * apart;
    let found = -1;
    for (let place = first + 1; place < last; place += 1) {
      const share = (time[place] - time[first]) / lasts;
      const dx = ((x[place] - x[first]) | 0) - east * share;
      const dy = (y[place] - y[first]) * 2 - south * share;
      const square = dx * dx + dy * dy;
      if (square > most) {
        most = square;
        found = place;
      }
    }
    return found;
  }

  /** The line nearest to a place, within `reach` units, among those that `shown(line)` lets through. */
  nearest(x, y, reach, from, to, shown) {
    let best = null;
    let least = reach * reach;
    for (const { line, begin, end } of this.parts) {
      if (!shown(line)) continue;
      for (let at = begin; at < end - 1; at += 1) {
        if (this.time[at + 1] < from || this.time[at] > to) continue;
        const x1 = (this.x[at] - x) | 0;
        const y1 = (this.y[at] - y) * 2;
        const dx = (this.x[at + 1] - this.x[at]) | 0;
        const dy = (this.y[at + 1] - this.y[at]) * 2;
        const square = dx * dx + dy * dy;
        const share = square === 0 ? 0 : Math.max(0, Math.min(1, -(x1 * dx + y1 * dy) / square));
        const distance = (x1 + share * dx) ** 2 + (y1 + share * dy) ** 2;
        if (distance < least) {
          least = distance;
          best = line;
        }
      }
    }
    return best;
  }
}
