// The observed tracks, drawn by the graphics card itself. MapLibre's own lines would be cut into tiles
// anew at every step of the slider; here the time is one number, and a million positions stay where
// they are: in a texture, from which each corner reads the two places it lies between. (Instances
// would be shorter to write, but without a graphics card each costs as much as a thousand corners.)

const VERTEX = `#version 300 es
precision highp isampler2D;
uniform isampler2D places;             // easting, northing, seconds, line * 2 + (nothing leads on)
uniform int first;                     // place of this chunk
uniform ivec2 middle;                  // of the screen, in the same units
uniform vec2 scale;                    // pixels in a unit
uniform vec2 screen;                   // pixels
uniform vec2 span;                     // seconds shown
uniform float shift;                   // pixels that this copy of the world lies to the right
uniform float wide;                    // of a line, in pixels
uniform sampler2D looks;
out vec4 colour;
out float aside;
ivec4 placeOf(int number) {
  return texelFetch(places, ivec2(number & 1023, number >> 10), 0);
}
void main() {
  // Four corners for each stretch between two places.
  int number = first + (gl_VertexID >> 2);
  ivec4 start = placeOf(number);
  ivec4 end = placeOf(number + 1);
  int line = start.w >> 1;
  vec4 look = texelFetch(looks, ivec2(line & 1023, line >> 10), 0);
  vec2 times = vec2(start.z, end.z);
  if ((start.w & 1) == 1 || look.a == 0.0 || times.y < span.x || times.x > span.y) {
    gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
    return;
  }
  // Differences of whole numbers are exact, and go the shorter way round the world.
  vec2 a = vec2(start.xy - middle) * scale + vec2(shift, 0.0);
  vec2 b = a + vec2(end.xy - start.xy) * scale;
  float lasts = max(times.y - times.x, 1.0);
  vec2 along = clamp((span - times.x) / lasts, 0.0, 1.0);
  vec2 from = mix(a, b, along.x);
  vec2 to = mix(a, b, along.y);
  vec2 way = to - from;
  float far = length(way);
  way = far > 0.0 ? way / far : vec2(1.0, 0.0);
  vec2 across = vec2(-way.y, way.x);
  float half_wide = wide * (look.a > 0.75 ? 0.5 : 0.35) + 0.7;
  bool second = (gl_VertexID & 2) != 0;
  float side = (gl_VertexID & 1) != 0 ? 1.0 : -1.0;
  vec2 place = (second ? to + way * 0.4 : from - way * 0.4) + across * side * half_wide;
  gl_Position = vec4(place.x * 2.0 / screen.x, -place.y * 2.0 / screen.y, 0.0, 1.0);
  colour = vec4(look.rgb, look.a > 0.75 ? 1.0 : 0.28);
  aside = side * half_wide;
}`;

const FRAGMENT = `#version 300 es
precision highp float;
in vec4 colour;
in float aside;
uniform float wide;
out vec4 pixel;
void main() {
  float cover = clamp(wide * 0.5 + 0.5 - abs(aside), 0.0, 1.0) * colour.a;
  pixel = vec4(colour.rgb * cover, cover);
}`;

// Up to these zooms the lines are drawn to within three quarters of a pixel.
const LEVELS = [2, 4, 5, 6, 7, 8, 10, Infinity];
const CHUNK = 1024;

// Of more places than this only as many lines are drawn while the map is moved as can be drawn in time,
// the longest first, until it has been still for so many milliseconds.
const MANY = 50000;
const STILL = 700;
const RANKS = 5;
// A frame that takes longer is too slow, one that takes less leaves room for more.
const SLOW = 60;
const QUICK = 25;

class TrackLayer {
  constructor(model) {
    this.id = "observed-tracks";
    this.type = "custom";
    this.renderingMode = "2d";
    this.store = model.tracks;
    // The time in the middle of all, so that one stray date does not push the others out of range.
    this.epoch = model.tracks.time[model.tracks.length >> 1] || model.first;
    this.span = [model.first, model.last];
    this.lines = model.events.length;
    this.looks = new Uint8Array(1024 * Math.max(1, Math.ceil(this.lines / 1024)) * 4);
    this.looksChanged = true;
    this.levels = [];
    this.drawn = 0;
  }

  /** How a line looks: its colour as three numbers; strong, faint or not at all. */
  setLook(line, [red, green, blue], strength) {
    this.looks.set([red, green, blue, { none: 0, faint: 128, strong: 255 }[strength]], line * 4);
    this.looksChanged = true;
  }

  setSpan(from, to) {
    this.span = [from, to];
  }

  onAdd(map, gl) {
    this.map = map;
    this.gl = gl;
    this.view = "";
    this.moved = -STILL;
    this.refine = settled(() => map.triggerRepaint(), STILL + 50);
    this.levels = [];
    this.ranked = [];
    this.ranks = null;
    this.rank = RANKS;
    this.painted = -STILL;
    this.looksChanged = true;
    const shader = (type, source) => {
      const made = gl.createShader(type);
      gl.shaderSource(made, source);
      gl.compileShader(made);
      if (!gl.getShaderParameter(made, gl.COMPILE_STATUS)) throw new Error(gl.getShaderInfoLog(made) ?? "no shader");
      return made;
    };
    this.program = gl.createProgram();
    gl.attachShader(this.program, shader(gl.VERTEX_SHADER, VERTEX));
    gl.attachShader(this.program, shader(gl.FRAGMENT_SHADER, FRAGMENT));
    gl.linkProgram(this.program);
    this.places = {};
    for (const name of ["places", "first", "middle", "scale", "screen", "span", "shift", "wide", "looks"]) {
      this.places[name] = gl.getUniformLocation(this.program, name);
    }
    this.texture = gl.createTexture();
    this.arrays = gl.createVertexArray();
    const corners = new Uint16Array(CHUNK * 6);
    for (let at = 0; at < CHUNK; at += 1) corners.set([0, 1, 2, 2, 1, 3].map((corner) => at * 4 + corner), at * 6);
    gl.bindVertexArray(this.arrays);
    gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, gl.createBuffer());
    gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, corners, gl.STATIC_DRAW);
    gl.bindVertexArray(null);
  }

  /** What is drawn at a zoom, made when it is first needed. */
  batches(zoom) {
    const now = performance.now();
    const view = [zoom, ...this.map.getCenter().toArray()].join();
    if (this.view !== "" && this.view !== view) {
      this.moved = now;
      this.refine();
    }
    this.view = view;
    const took = now - this.painted;
    this.painted = now;
    const number = Math.max(0, LEVELS.findIndex((most) => zoom < most));
    // Between two steps of a move the map may be painted again, for tiles that have come.
    if (this.store.length <= MANY || now - this.moved >= STILL) {
      this.levels[number] ??= this.batch(LEVELS[number], this.store.parts);
      return [this.levels[number]];
    }
    if (took > SLOW) this.rank = Math.max(1, this.rank - 1);
    else if (took < QUICK) this.rank = Math.min(RANKS, this.rank + 1);
    this.ranks ??= this.store.ranks(RANKS);
    this.ranked[number] ??= [];
    const batches = this.ranked[number];
    for (let rank = batches.length; rank < this.rank; rank += 1) batches.push(this.batch(LEVELS[number], this.ranks[rank]));
    return batches.slice(0, this.rank);
  }

  batch(most, parts) {
    const apart = most === Infinity ? 0 : (0.75 * WIDE) / (512 * 2 ** most);
    const numbers = this.store.packed(this.epoch, apart, parts);
    return { texture: this.placesTexture(numbers), chunks: chunksOf(numbers) };
  }

  placesTexture(numbers) {
    const { gl } = this;
    const rows = Math.ceil(numbers.length / 4096);
    const padded = new Int32Array(rows * 4096);
    padded.set(numbers);
    const texture = gl.createTexture();
    gl.bindTexture(gl.TEXTURE_2D, texture);
    plainUpload(gl);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA32I, 1024, rows, 0, gl.RGBA_INTEGER, gl.INT, padded);
    exactTexels(gl);
    return texture;
  }

  render(gl) {
    const size = this.map.getCanvas();
    const width = size.clientWidth;
    const height = size.clientHeight;
    const centre = this.map.getCenter();
    const zoom = this.map.getZoom();
    const world = 512 * 2 ** zoom;
    const middle = [easting(centre.lng), northing(centre.lat)];
    gl.useProgram(this.program);
    gl.activeTexture(gl.TEXTURE1);
    const batches = this.batches(zoom);
    gl.activeTexture(gl.TEXTURE0);
    gl.bindTexture(gl.TEXTURE_2D, this.texture);
    if (this.looksChanged) this.sendLooks(gl);
    gl.uniform1i(this.places.places, 1);
    gl.uniform2i(this.places.middle, middle[0], middle[1]);
    gl.uniform2f(this.places.scale, world / WIDE, world / HIGH);
    gl.uniform2f(this.places.screen, width, height);
    gl.uniform2f(this.places.span, this.span[0] - this.epoch, this.span[1] - this.epoch);
    gl.uniform1f(this.places.wide, zoom < 5 ? 1.2 : zoom < 9 ? 1.7 : 2.2);
    gl.uniform1i(this.places.looks, 0);
    gl.disable(gl.DEPTH_TEST);
    gl.disable(gl.STENCIL_TEST);
    gl.disable(gl.CULL_FACE);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    gl.bindVertexArray(this.arrays);
    this.drawn = 0;
    const halfX = (width / 2 + 20) / world;
    const halfY = (height / 2 + 20) / world;
    // Where the whole world is narrower than the screen, it is shown several times.
    const copies = Math.max(0, Math.ceil(halfX - 0.5));
    for (const { texture, chunks } of batches) {
      gl.activeTexture(gl.TEXTURE1);
      gl.bindTexture(gl.TEXTURE_2D, texture);
      for (let copy = -copies; copy <= copies; copy += 1) {
        gl.uniform1f(this.places.shift, copy * world);
        for (const chunk of chunks) {
          if (!isNear(chunk, middle, copies > 0 ? 1 : halfX, halfY)) continue;
          gl.uniform1i(this.places.first, chunk.begin);
          gl.drawElements(gl.TRIANGLES, chunk.count * 6, gl.UNSIGNED_SHORT, 0);
          this.drawn += chunk.count;
        }
      }
    }
    gl.activeTexture(gl.TEXTURE0);
    gl.bindVertexArray(null);
  }

  sendLooks(gl) {
    plainUpload(gl);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, 1024, this.looks.length / 4096, 0, gl.RGBA, gl.UNSIGNED_BYTE, this.looks);
    exactTexels(gl);
    this.looksChanged = false;
  }
}

/** Bytes are taken as they are. */
function plainUpload(gl) {
  gl.pixelStorei(gl.UNPACK_ALIGNMENT, 4);
  gl.pixelStorei(gl.UNPACK_PREMULTIPLY_ALPHA_WEBGL, false);
  gl.pixelStorei(gl.UNPACK_FLIP_Y_WEBGL, false);
}

function exactTexels(gl) {
  for (const filter of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) gl.texParameteri(gl.TEXTURE_2D, filter, gl.NEAREST);
  for (const wrap of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T]) gl.texParameteri(gl.TEXTURE_2D, wrap, gl.CLAMP_TO_EDGE);
}

/** Runs of places with the box around each, in worlds from the north-west, so that those off screen are left out. */
function chunksOf(numbers) {
  const chunks = [];
  const places = numbers.length / 4 - 1;
  for (let begin = 0; begin < places; begin += CHUNK) {
    const countHere = Math.min(CHUNK, places - begin);
    const chunk = { begin, count: countHere, west: 1, east: 0, north: 1, south: 0 };
    for (let at = begin; at < Math.min(begin + countHere + 1, places); at += 1) {
      const x = (numbers[at * 4] >>> 0) / WIDE;
      const y = numbers[at * 4 + 1] / HIGH;
      chunk.west = Math.min(chunk.west, x);
      chunk.east = Math.max(chunk.east, x);
      chunk.north = Math.min(chunk.north, y);
      chunk.south = Math.max(chunk.south, y);
    }
    chunks.push(chunk);
  }
  return chunks;
}

function isNear(chunk, middle, halfX, halfY) {
  const x = (middle[0] >>> 0) / WIDE;
  const y = middle[1] / HIGH;
  if (chunk.south < y - halfY || chunk.north > y + halfY) return false;
  return [-1, 0, 1].some((turn) => chunk.east + turn >= x - halfX && chunk.west + turn <= x + halfX);
}
