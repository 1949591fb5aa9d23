// What the page carries, unpacked: base64 of gzip. Nothing is fetched.

function bytesOfBase64(text) {
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(text);
  const letters = atob(text);
  const bytes = new Uint8Array(letters.length);
  for (let at = 0; at < letters.length; at += 1) bytes[at] = letters.charCodeAt(at);
  return bytes;
}

function unpacked(bytes) {
  return new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
}

async function unpackedBytes(bytes) {
  return new Uint8Array(await new Response(unpacked(bytes)).arrayBuffer());
}

/** Calls `use` with each line of a gzipped text, so that the whole of it never is one string. */
async function unpackedLines(bytes, use) {
  const reader = unpacked(bytes).pipeThrough(new TextDecoderStream()).getReader();
  // The pieces of a line that has not come to its end: joined once, however many they are.
  let pieces = [];
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    const lines = value.split("\n");
    pieces.push(lines[0]);
    if (lines.length === 1) continue;
    lines[0] = pieces.join("");
    pieces = [lines.pop()];
    for (const line of lines) if (line !== "") use(line);
  }
  const rest = pieces.join("");
  if (rest !== "") use(rest);
}
