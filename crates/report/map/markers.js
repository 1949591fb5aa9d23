// Where the vessels are at the moment that the slider is on: a canvas over the map.

class Markers {
  constructor(app) {
    this.app = app;
    this.positions = new Positions(app.model);
    this.canvas = byId("markers");
    app.view.map.on("render", () => this.draw());
  }

  draw() {
    const { map } = this.app.view;
    const { clientWidth: width, clientHeight: height } = map.getCanvas();
    this.canvas.style.width = `${width}px`;
    this.canvas.style.height = `${height}px`;
    const context = sizedContext(this.canvas, width, height);
    const { at } = this.app.state;
    if (at === null) return;
    const { model, theme } = this.app;
    const here = [];
    for (const vessel of model.ranked) {
      if (vessel.id === "" || !this.app.vesselShown(vessel)) continue;
      const place = this.positions.at(vessel.index, at);
      if (!place) continue;
      const { x, y } = map.project(nearestCopy(place, map));
      if (x < -20 || y < -20 || x > width + 20 || y > height + 20) continue;
      here.push({ vessel, how: place.how, x, y });
    }
    for (const { vessel, how, x, y } of here) {
      context.beginPath();
      context.arc(x, y, 7, 0, 2 * Math.PI);
      context.lineWidth = 2.5;
      const colour = vesselColour(vessel, theme);
      if (how === "silent" || how === "not heard") {
        // Hollow and dashed: here it was last heard, not seen.
        context.fillStyle = theme.panel;
        context.strokeStyle = colour;
        context.setLineDash([3, 2.5]);
      } else {
        context.fillStyle = colour;
        context.strokeStyle = theme.panel;
      }
      context.fill();
      context.stroke();
      context.setLineDash([]);
    }
    // Names of so many would cover each other.
    if (here.length <= 24) this.drawNames(context, here, theme);
  }

  drawNames(context, here, theme) {
    context.font = "600 12px system-ui, sans-serif";
    context.textBaseline = "middle";
    context.lineJoin = "round";
    const taken = [];
    for (const { vessel, how, x, y } of here) {
      const text = vesselName(vessel, 24) + (how === "silent" || how === "not heard" ? ` (${how})` : "");
      let line = y;
      // A name moves down until it covers no other.
      while (taken.some((other) => Math.abs(other.x - x) < 120 && Math.abs(other.y - line) < 14)) line += 14;
      taken.push({ x, y: line });
      context.lineWidth = 3.5;
      context.strokeStyle = theme.halo;
      context.strokeText(text, x + 12, line);
      context.fillStyle = theme.text;
      context.fillText(text, x + 12, line);
    }
  }
}

/** The copy of a place that is nearest to the middle of the map, where the world is shown several times. */
function nearestCopy({ lon, lat }, map) {
  const turns = Math.round((map.getCenter().lng - lon) / 360);
  return [lon + turns * 360, lat];
}
