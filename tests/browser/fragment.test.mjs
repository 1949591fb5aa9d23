import assert from "node:assert/strict";
import { test } from "node:test";
import { scripts } from "./scripts.mjs";

const { freshState, readFragment, writeFragment } = scripts("freshState", "readFragment", "writeFragment");

test("what is at its beginning is not written", () => {
  assert.equal(writeFragment(freshState()), "");
  assert.deepEqual(readFragment(""), freshState());
});

test("a state survives its way through the address", () => {
  const state = {
    view: { lon: 130.3, lat: 42.2333, zoom: 8.25 },
    time: [1692338400, 1694930400],
    at: 1693000000,
    trail: 7 * 86400,
    select: "273210440/dark_call/2023-08-18T12:17:13Z/KPRJN",
    vessels: new Set(["273210440", "a,b&c=d#e", ""]),
    ports: new Set(["KPRJN", "Dunay"]),
    kinds: new Set(["gaps", "reach"]),
    grades: new Set(["D4", "unknown vessel"]),
    colour: "voyage",
  };
  const hash = writeFragment(state);
  assert.deepEqual(readFragment(hash), state);
  assert.match(hash, /select=273210440\/dark_call\/2023-08-18T12:17:13Z\/KPRJN/);
});

test("nothing chosen is another thing than nothing filtered", () => {
  const none = { ...freshState(), vessels: new Set() };
  assert.equal(writeFragment(none), "#vessels=");
  assert.equal(readFragment("#vessels=").vessels.size, 0);
  assert.equal(readFragment("#").vessels, null);
});

test("what is not understood is left out", () => {
  const hostile = [
    "#view=1e999,NaN,3", "#view=,,", "#view=0,89,3", "#view=0,0,99", "#time=2024-01-02T00:00:00Z,2024-01-01T00:00:00Z", "#time=x", "#time=", "#at=%",
    "#at=yesterday", "#trail=0h", "#trail=-5h", "#colour=%3Cscript%3E", "#__proto__=1", "#constructor=x", "#select=", "#&&==&", "#select=%E0%A4%A",
  ];
  for (const hash of hostile) assert.deepEqual(readFragment(hash), freshState(), hash);
  assert.deepEqual([...readFragment("#kinds=gaps,evil,__proto__").kinds], ["gaps"]);
  assert.deepEqual([...readFragment("#grades=D9,D1").grades], ["D1"]);
  assert.ok(readFragment(`#vessels=${"x,".repeat(100000)}`).vessels.size <= 5000);
});
