// Times are seconds since 1970 in UTC within the page, ISO 8601 outside.

/** Seconds of an ISO time, or null. */
function seconds(iso) {
  if (typeof iso !== "string") return null;
  const milliseconds = Date.parse(iso);
  return Number.isNaN(milliseconds) ? null : milliseconds / 1000;
}

function iso(time) {
  return new Date(Math.round(time) * 1000).toISOString().replace(".000Z", "Z");
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** "18 Aug 2023". */
function day(time) {
  const date = new Date(time * 1000);
  return `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]} ${date.getUTCFullYear()}`;
}

/** "18 Aug 2023, 12:17". */
function moment(time) {
  return `${day(time)}, ${new Date(time * 1000).toISOString().slice(11, 16)}`;
}

/** "18 to 20 Aug 2023", "30 Aug to 2 Sep 2023": the days of an interval. */
function days(from, to) {
  const first = day(from);
  const last = day(to);
  if (first === last) return last;
  const [day1, month1, year1] = first.split(" ");
  const [, month2, year2] = last.split(" ");
  if (year1 !== year2) return `${first} to ${last}`;
  return `${month1 === month2 ? day1 : `${day1} ${month1}`} to ${last}`;
}

/** A length of time: "25 min", "38.7 h", "12.4 days". */
function length(hours) {
  if (hours < 1) return `${Math.round(hours * 60)} min`;
  if (hours < 72) return `${Number(hours.toFixed(1))} h`;
  return `${Number((hours / 24).toFixed(1))} days`;
}

const HOUR = 3600;
const DAY = 24 * HOUR;

/** The ticks of a time axis, `[time, label]`, at most one in every `apart` pixels. */
function timeTicks(from, to, width, apart) {
  const span = to - from;
  if (!(span > 0) || !(width > 0)) return [];
  const least = (span / width) * apart;
  const ticks = [];
  const steps = [HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, DAY, 2 * DAY, 5 * DAY, 10 * DAY];
  const step = steps.find((candidate) => candidate >= least);
  if (step && step < DAY) {
    for (let time = Math.ceil(from / step) * step; time <= to; time += step) {
      const hour = new Date(time * 1000).toISOString().slice(11, 16);
      ticks.push([time, hour === "00:00" ? dayOfMonth(time) : hour]);
    }
    return ticks;
  }
  if (step) {
    // Days counted from the first of each month, so that months begin with a tick.
    const every = step / DAY;
    for (let time = Math.ceil(from / DAY) * DAY; time <= to; time += DAY) {
      const number = new Date(time * 1000).getUTCDate();
      if ((number - 1) % every === 0 && (number === 1 || number + every <= 32)) ticks.push([time, dayOfMonth(time)]);
    }
    return ticks;
  }
  const months = [1, 2, 3, 6, 12, 24, 60].find((candidate) => candidate * 30 * DAY >= least) ?? 120;
  const start = new Date(from * 1000);
  let month = start.getUTCFullYear() * 12 + Math.floor(start.getUTCMonth() / months) * months;
  for (; ; month += months) {
    const time = Date.UTC(Math.floor(month / 12), month % 12, 1) / 1000;
    if (time > to) return ticks;
    if (time >= from) {
      ticks.push([time, month % 12 === 0 ? String(month / 12) : MONTHS[month % 12]]);
    }
  }
}

function dayOfMonth(time) {
  const date = new Date(time * 1000);
  return date.getUTCDate() === 1 ? MONTHS[date.getUTCMonth()] : `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]}`;
}
