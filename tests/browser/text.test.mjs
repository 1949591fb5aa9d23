import assert from "node:assert/strict";
import { test } from "node:test";
import { scripts } from "./scripts.mjs";

const { visible, short, plain, shellWord, webAddress, counted, darkHeadline } = scripts(
  "visible", "short", "plain", "shellWord", "webAddress", "counted", "darkHeadline",
);

test("hidden characters are written out, and others are left alone", () => {
  assert.equal(visible("MA\u202eRIA"), "MA\\u{202e}RIA");
  assert.equal(visible("A\u0000B\u200bC\u{e0041}"), "A\\u{0}B\\u{200b}C\\u{e0041}");
  assert.equal(visible("Nuévitas Отара 羅津"), "Nuévitas Отара 羅津");
  assert.equal(visible("</script><img src=x onerror=alert(1)>"), "</script><img src=x onerror=alert(1)>");
});

test("long texts are cut by whole characters", () => {
  assert.equal(short("abcdef", 6), "abcdef");
  assert.equal(short("abcdef", 5), "abcd…");
  assert.equal(short("🚢🚢🚢", 2), "🚢…");
});

test("a search goes by neither case nor accents", () => {
  assert.equal(plain("Málaga"), plain("MALAGA"));
  assert.notEqual(plain("Najin"), plain("Nakhodka"));
});

test("only addresses of the web become links", () => {
  assert.equal(webAddress("https://example.org/a?b"), "https://example.org/a?b");
  assert.equal(webAddress("HTTP://example.org"), "http://example.org/");
  for (const other of ["javascript:alert(1)", " https://example.org", "data:text/html,x", "//example.org", "", null, 7, "https://"]) {
    assert.equal(webAddress(other), null, String(other));
  }
});

test("a word of a command line cannot end its quotes", () => {
  assert.equal(shellWord("273291160/gap/2024-02-11T00:21:36Z"), "273291160/gap/2024-02-11T00:21:36Z");
  assert.equal(shellWord("a b"), "'a b'");
  assert.equal(shellWord("a'; rm -rf ~"), "'a'\\''; rm -rf ~'");
  assert.equal(shellWord("$(x)"), "'$(x)'");
});

test("numbers agree with their nouns", () => {
  assert.equal(counted(1, "gap", "gaps"), "1 gap");
  assert.equal(counted(1234, "gap", "gaps"), "1,234 gaps");
});

test("dark calls are told by what they rest on, and never added up", () => {
  assert.equal(darkHeadline({ D1: 6, D2: 25, D3: 5, D4: 1 }), "6 sighted, 25 repeat a pattern, 6 merely reachable");
  assert.equal(darkHeadline({ D1: 1_234 }), "none sighted, 1,234 merely reachable");
  assert.equal(darkHeadline({ D2: 1, D3: 1 }), "1 sighted, 1 repeats a pattern");
  assert.equal(darkHeadline({ D1: 6, doubtful: 4 }), "none sighted, 4 doubtfully sighted, 2 merely reachable");
  assert.equal(darkHeadline({}), "");
  assert.equal(darkHeadline(undefined), "");
});
