// Texts as people read them. Nothing here touches the page.

// Characters that are not seen, or that turn the order of others round (as `is_hidden` in the
// track crate has them): a name must not look like another because of them.
const HIDDEN = /[\p{Cc}\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;

/** A text from the data, with hidden characters written out as \u{...}. */
function visible(text) {
  return String(text).replace(HIDDEN, (letter) => `\\u{${letter.codePointAt(0).toString(16)}}`);
}

/** `visible`, cut to so many characters. */
function short(text, most) {
  const letters = Array.from(visible(text));
  return letters.length <= most ? letters.join("") : `${letters.slice(0, most - 1).join("")}…`;
}

function count(number) {
  return Number(number).toLocaleString("en-GB");
}

/** "1 gap", "2 gaps". */
function counted(number, one, several) {
  return `${count(number)} ${number === 1 ? one : several}`;
}

/**
 * Dark calls by what they rest on: what nobody saw is never added to what somebody saw. `grades` has how many
 * there are of each grade.
 */
function darkHeadline(grades) {
  const of = (...names) => names.reduce((sum, name) => sum + (grades?.[name] ?? 0), 0);
  const [sighted, repeated, doubtful] = [of("D3", "D4"), of("D2"), of("doubtful")];
  const reachable = of("D1") - doubtful;
  if (sighted + repeated + doubtful + reachable === 0) return "";
  const parts = [sighted === 0 ? "none sighted" : `${count(sighted)} sighted`];
  if (repeated > 0) parts.push(`${count(repeated)} ${repeated === 1 ? "repeats" : "repeat"} a pattern`);
  if (doubtful > 0) parts.push(`${count(doubtful)} doubtfully sighted`);
  if (reachable > 0) parts.push(`${count(reachable)} merely reachable`);
  return parts.join(", ");
}

/** How two texts are compared in a search: without accents, whatever the case. */
function plain(text) {
  return String(text).normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}

/** A word of a command line that a shell takes as it is. */
function shellWord(word) {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${String(word).replaceAll("'", "'\\''")}'`;
}

/** The address if it is one of the web, else null: no other scheme becomes a link. */
function webAddress(text) {
  if (typeof text !== "string" || !/^https?:\/\//i.test(text)) return null;
  try {
    return new URL(text).href;
  } catch {
    return null;
  }
}
