import assert from "node:assert/strict";
import { test } from "node:test";
import { scripts } from "./scripts.mjs";

const { seconds, iso, day, moment, days, length, timeTicks } = scripts("seconds", "iso", "day", "moment", "days", "length", "timeTicks");

test("times come and go as ISO 8601 in UTC", () => {
  assert.equal(seconds("1970-01-02T00:00:00Z"), 86400);
  assert.equal(iso(seconds("2023-08-18T12:17:13Z")), "2023-08-18T12:17:13Z");
  for (const other of [null, undefined, "", "soon", 7]) assert.equal(seconds(other), null);
});

test("times and intervals in words", () => {
  const time = seconds("2023-08-18T12:17:13Z");
  assert.equal(day(time), "18 Aug 2023");
  assert.equal(moment(time), "18 Aug 2023, 12:17");
  assert.equal(days(time, seconds("2023-08-18T23:00:00Z")), "18 Aug 2023");
  assert.equal(days(time, seconds("2023-08-20T00:00:00Z")), "18 to 20 Aug 2023");
  assert.equal(days(time, seconds("2023-09-02T00:00:00Z")), "18 Aug to 2 Sep 2023");
  assert.equal(days(time, seconds("2024-01-02T00:00:00Z")), "18 Aug 2023 to 2 Jan 2024");
  assert.equal(length(0.5), "30 min");
  assert.equal(length(38.7067), "38.7 h");
  assert.equal(length(297.6), "12.4 days");
});

test("ticks lie within the axis, apart from each other, whatever the span", () => {
  const from = seconds("2023-08-15T03:00:00Z");
  for (const hours of [1, 5, 24, 100, 24 * 30, 24 * 246, 24 * 4000]) {
    const to = from + hours * 3600;
    const ticks = timeTicks(from, to, 1000, 64);
    for (const [time, label] of ticks) {
      assert.ok(time >= from && time <= to, `${hours} h: ${label}`);
      assert.notEqual(label, "");
    }
    for (let at = 1; at < ticks.length; at += 1) {
      const apart = ((ticks[at][0] - ticks[at - 1][0]) / (to - from)) * 1000;
      assert.ok(apart >= 50, `${hours} h: ${apart} pixels`);
    }
    if (hours >= 5) assert.ok(ticks.length >= 2, `${hours} h has ${ticks.length} ticks`);
  }
  assert.deepEqual(timeTicks(from, from, 1000, 64), []);
});

test("a year begins with its number", () => {
  const ticks = timeTicks(seconds("2023-08-15T00:00:00Z"), seconds("2024-04-16T00:00:00Z"), 1000, 64);
  assert.deepEqual(ticks.map(([, label]) => label), ["Sep", "Oct", "Nov", "Dec", "2024", "Feb", "Mar", "Apr"]);
});
