// The marks of events, drawn the same on the map, in the legend, in lists and on the timeline.

/** Draws a mark about (0, 0), within 16 pixels. */
function drawMark(context, event, theme, vesselTint) {
  context.lineWidth = 1.5;
  context.lineJoin = "round";
  if (event.kind === "dark_calls") drawGrade(context, event.grade, theme);
  else if (event.kind === "sightings") drawVerdict(context, event.grade, theme);
  else if (isHollow(event) && event.kind !== "stops") drawRing(context, vesselTint ?? theme.muted);
  else if (event.kind === "port_calls") drawDisc(context, vesselTint ?? theme.muted, theme.panel);
  else if (event.kind === "stops") drawSquare(context, vesselTint ?? theme.muted, isHollow(event), theme.panel);
  else if (event.kind === "transits") drawTriangle(context, vesselTint ?? theme.muted, theme.panel);
  else if (event.kind === "reach") drawArea(context, theme.inferred);
  else if (event.kind === "places") drawArea(context, theme.muted);
  else if (event.kind === "interference") drawArea(context, theme.warning);
  else drawLine(context, event.kind, theme, vesselTint);
}

/** Dark calls: a square with the grade's number, the fuller the better borne out. */
function drawGrade(context, grade, theme) {
  context.beginPath();
  context.roundRect(-6.5, -6.5, 13, 13, 3);
  context.fillStyle = theme.grades[grade] ?? theme.grades.D1;
  context.fill();
  context.strokeStyle = theme.inferred;
  context.stroke();
  const [red, green, blue] = channels(theme.grades[grade] ?? theme.grades.D1);
  context.fillStyle = red * 0.3 + green * 0.59 + blue * 0.11 > 140 ? "#3d0a2c" : "#ffffff";
  context.font = "bold 9px system-ui, sans-serif";
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillText(String(grade ?? "?").slice(1, 2), 0, 0.5);
}

/** Sightings: another shape for each verdict. */
function drawVerdict(context, verdict, theme) {
  const colour = theme.verdicts[verdict] ?? theme.verdicts["outside the data"];
  context.fillStyle = colour;
  context.strokeStyle = theme.panel;
  context.beginPath();
  if (verdict === "possible") polygon(context, [[0, -8], [8, 0], [0, 8], [-8, 0]]);
  else if (verdict === "contradicted") polygon(context, [[-4, -7], [0, -3], [4, -7], [7, -4], [3, 0], [7, 4], [4, 7], [0, 3], [-4, 7], [-7, 4], [-3, 0], [-7, -4]]);
  else if (verdict === "outside the data") polygon(context, [[0, -7], [7, 6], [-7, 6]]);
  else context.arc(0, 0, 7, 0, 2 * Math.PI);
  context.fill();
  context.stroke();
  if (verdict === "confirmed") {
    context.beginPath();
    context.moveTo(-3.2, 0.2);
    context.lineTo(-0.8, 2.8);
    context.lineTo(3.4, -2.4);
    context.lineWidth = 2;
    context.stroke();
  } else if (verdict === "unknown vessel") {
    context.fillStyle = theme.panel;
    context.font = "bold 10px system-ui, sans-serif";
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.fillText("?", 0, 0.5);
  }
}

function polygon(context, corners) {
  corners.forEach(([x, y], at) => (at === 0 ? context.moveTo(x, y) : context.lineTo(x, y)));
  context.closePath();
}

function drawDisc(context, colour, edge) {
  context.beginPath();
  context.arc(0, 0, 5, 0, 2 * Math.PI);
  context.fillStyle = colour;
  context.fill();
  context.strokeStyle = edge;
  context.stroke();
}

function drawSquare(context, colour, hollow, edge) {
  context.beginPath();
  context.rect(-4, -4, 8, 8);
  context.fillStyle = hollow ? edge : colour;
  context.fill();
  context.strokeStyle = hollow ? colour : edge;
  context.stroke();
}

function drawTriangle(context, colour, edge) {
  context.beginPath();
  polygon(context, [[0, -5], [5, 4], [-5, 4]]);
  context.fillStyle = colour;
  context.fill();
  context.strokeStyle = edge;
  context.stroke();
}

function drawRing(context, colour) {
  context.beginPath();
  context.arc(0, 0, 4, 0, 2 * Math.PI);
  context.strokeStyle = colour;
  context.stroke();
}

function drawArea(context, colour) {
  context.beginPath();
  context.ellipse(0, 0, 7, 5, 0, 0, 2 * Math.PI);
  context.fillStyle = colour;
  context.globalAlpha = 0.2;
  context.fill();
  context.globalAlpha = 1;
  context.strokeStyle = colour;
  context.lineWidth = 1;
  context.stroke();
}

function drawLine(context, kind, theme, vesselTint) {
  const tint = vesselTint ?? theme.muted;
  if (kind === "dark_legs") {
    context.beginPath();
    context.moveTo(-8, 0);
    context.lineTo(8, 0);
    context.strokeStyle = theme.inferred;
    context.globalAlpha = 0.3;
    context.lineWidth = 7;
    context.stroke();
    context.globalAlpha = 1;
  }
  context.beginPath();
  context.moveTo(-8, 0);
  context.lineTo(8, 0);
  context.setLineDash(kind === "explained_gaps" ? [1, 3] : kind === "gaps" ? [2.5, 2.5] : kind === "dark_legs" ? [4, 2.5] : []);
  context.strokeStyle = kind === "gaps" || kind === "explained_gaps" ? theme.gap : tint;
  context.lineWidth = 2;
  context.stroke();
  context.setLineDash([]);
}

/** A mark as an element of its own. */
function markElement(event, theme, vesselTint) {
  const canvas = make("canvas", { class: "mark", "aria-hidden": "true" });
  const context = sizedContext(canvas, 18, 18);
  context.translate(9, 9);
  drawMark(context, event, theme, vesselTint);
  return canvas;
}

/** An image for the map, twice as fine as the screen needs at least. */
function imageOf(width, height, draw) {
  const canvas = make("canvas");
  canvas.width = Math.ceil(width * 2);
  canvas.height = Math.ceil(height * 2);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.scale(2, 2);
  draw(context);
  return context.getImageData(0, 0, canvas.width, canvas.height);
}
