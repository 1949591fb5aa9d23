// The timeline: a lane for each vessel, drawn on a canvas, of which only what is in sight is drawn.

const LANE = { height: 24, names: 142, axis: 26 };

class Timeline {
  constructor(app) {
    this.app = app;
    this.model = app.model;
    const box = byId("timeline");
    this.axis = make("canvas", { class: "axis", "aria-hidden": "true" });
    this.canvas = make("canvas", { class: "lanes", "aria-hidden": "true" });
    this.room = make("div", { class: "room" }, this.canvas);
    this.scroller = make("div", {
      class: "scroller",
      tabindex: "0",
      role: "application",
      "aria-roledescription": "timeline",
      "aria-label":
        "Timeline, a lane for each vessel. Arrows left and right: events of a lane. Up and down: lanes. Enter: evidence. Plus and minus: zoom.",
    });
    this.scroller.append(this.room);
    this.zoomOut = make("button", { type: "button", title: "Zoom out in time", "aria-label": "Zoom out in time", onclick: () => this.zoom(2) }, "−");
    this.zoomIn = make("button", { type: "button", title: "Zoom in in time", "aria-label": "Zoom in in time", onclick: () => this.zoom(0.5) }, "+");
    box.append(make("div", { class: "axis-row" }, make("div", { class: "zooms" }, this.zoomOut, this.zoomIn), this.axis), this.scroller);
    this.extent = [this.model.first, this.model.last];
    this.laneEvents = this.model.vessels.map(() => []);
    for (const event of this.model.ordered) if (!WITHOUT_LANE.has(event.kind)) this.laneEvents[event.vessel].push(event);
    this.lanes = [];
    this.at = { lane: 0, event: -1 };
    this.listen();
    new ResizeObserver(() => this.draw()).observe(box);
  }

  // ---- time and pixels -----------------------------------------------------------------------

  get width() {
    return Math.max(50, this.scroller.clientWidth - LANE.names - 14);
  }

  x(time) {
    const [from, to] = this.extent;
    return LANE.names + ((time - from) / (to - from)) * this.width;
  }

  timeAt(x) {
    const [from, to] = this.extent;
    return from + ((x - LANE.names) / this.width) * (to - from);
  }

  zoom(factor, middle = this.app.state.at ?? (this.extent[0] + this.extent[1]) / 2) {
    const { first, last } = this.model;
    const [from, to] = this.extent;
    const span = Math.min(last - first, Math.max(HOUR, (to - from) * factor));
    const share = Math.max(0, Math.min(1, (middle - from) / (to - from)));
    const start = Math.max(first, Math.min(last - span, middle - share * span));
    this.extent = [start, start + span];
    this.draw();
  }

  /** Shows a time, if it is not in sight. */
  reveal(from, to) {
    const [first, last] = this.extent;
    if (to >= first && from <= last) return;
    const span = last - first;
    const start = Math.max(this.model.first, Math.min(this.model.last - span, (from + to) / 2 - span / 2));
    this.extent = [start, start + span];
  }

  // ---- drawing -------------------------------------------------------------------------------

  refresh() {
    this.lanes = this.model.ranked.filter((vessel) => this.app.vesselShown(vessel) && this.laneEvents[vessel.index].length > 0);
    this.room.style.height = `${this.lanes.length * LANE.height + 4}px`;
    this.at.lane = Math.max(0, Math.min(this.at.lane, this.lanes.length - 1));
    this.draw();
  }

  draw() {
    if (this.waiting) return;
    this.waiting = requestAnimationFrame(() => {
      this.waiting = 0;
      this.drawAxis();
      this.drawLanes();
    });
  }

  drawAxis() {
    const { theme } = this.app;
    const width = this.scroller.clientWidth;
    this.axis.style.width = `${width}px`;
    const context = sizedContext(this.axis, width, LANE.axis);
    context.font = "11px system-ui, sans-serif";
    context.textBaseline = "middle";
    context.textAlign = "center";
    this.ticks = timeTicks(...this.extent, this.width, 64);
    for (const [time, label] of this.ticks) {
      const x = this.x(time);
      context.fillStyle = theme.rule;
      context.fillRect(Math.round(x), LANE.axis - 5, 1, 5);
      context.fillStyle = theme.muted;
      context.fillText(label, Math.max(LANE.names + 14, Math.min(width - 18, x)), LANE.axis / 2 - 2);
    }
    if (this.app.state.time) {
      const [from, to] = this.app.state.time;
      context.fillStyle = theme.focus;
      context.fillRect(this.x(from), LANE.axis - 3, this.x(to) - this.x(from), 3);
    }
    if (this.app.state.at !== null) {
      const x = this.x(this.app.state.at);
      context.beginPath();
      polygon(context, [[x - 6, LANE.axis - 8], [x + 6, LANE.axis - 8], [x, LANE.axis]]);
      context.fillStyle = theme.focus;
      context.fill();
    }
  }

  drawLanes() {
    const { theme, state, selected } = this.app;
    const { clientWidth: width, clientHeight: height, scrollTop: top } = this.scroller;
    this.canvas.style.width = `${width}px`;
    this.canvas.style.height = `${height}px`;
    this.canvas.style.top = `${top}px`;
    const context = sizedContext(this.canvas, width, height);
    context.font = "12px system-ui, sans-serif";
    context.textBaseline = "middle";
    for (const [time] of this.ticks) {
      context.fillStyle = theme.rule;
      context.fillRect(Math.round(this.x(time)), 0, 1, height);
    }
    const first = Math.floor(top / LANE.height);
    const last = Math.min(this.lanes.length, Math.ceil((top + height) / LANE.height) + 1);
    for (let lane = first; lane < last; lane += 1) {
      this.drawLane(context, lane, (lane + 0.5) * LANE.height - top + 2, width);
    }
    const right = LANE.names + this.width;
    const shade = (from, to) => {
      const begin = Math.max(LANE.names, this.x(from));
      const end = Math.min(right, this.x(to));
      if (end > begin) context.fillRect(begin, 0, end - begin, height);
    };
    if (state.time) {
      context.globalAlpha = 0.72;
      context.fillStyle = theme.panel;
      shade(this.extent[0], state.time[0]);
      shade(state.time[1], this.extent[1]);
      context.globalAlpha = 1;
    }
    if (state.at !== null) {
      context.fillStyle = theme.focus;
      context.fillRect(this.x(state.at) - 0.75, 0, 1.5, height);
    }
    if (selected && !WITHOUT_LANE.has(selected.kind)) {
      const lane = this.lanes.findIndex((vessel) => vessel.index === selected.vessel);
      const [x1, x2] = [Math.max(LANE.names, this.x(selected.from)), Math.min(right, this.x(selected.to))];
      if (lane >= 0 && x2 >= LANE.names && x1 <= right) {
        context.strokeStyle = theme.focus;
        context.lineWidth = 2;
        context.beginPath();
        context.roundRect(x1 - 3, lane * LANE.height - top + 2, Math.max(6, x2 - x1 + 6), LANE.height, 4);
        context.stroke();
      }
    }
    this.drawNames(context, first, last, top, height);
  }

  /** At sea a line, in port a block, dark a dashed one, dark calls on it, sightings above all. */
  drawLane(context, lane, middle, width) {
    const { app } = this;
    const { theme } = app;
    const vessel = this.lanes[lane];
    const colour = vesselColour(vessel, theme);
    context.fillStyle = theme.lane;
    context.fillRect(LANE.names, middle - 9, this.width, 18);
    const visibleEvents = this.laneEvents[vessel.index].filter(
      (event) => app.passing[event.index] === 1 && overlaps(event, ...this.extent),
    );
    const bar = (event, high, shift = 0, least = 1.5) => {
      const x1 = Math.max(LANE.names, this.x(event.from));
      const x2 = Math.min(LANE.names + this.width, this.x(event.to));
      context.fillRect(x1, middle - high / 2 + shift, Math.max(least, x2 - x1), high);
    };
    for (const event of visibleEvents) {
      if (event.kind !== "voyages" && event.kind !== "tracks") continue;
      context.fillStyle = colour;
      bar(event, 3);
    }
    for (const event of visibleEvents) {
      if (event.kind !== "port_calls") continue;
      context.fillStyle = colour;
      context.globalAlpha = 0.55;
      bar(event, 11);
      context.globalAlpha = 1;
    }
    for (const event of visibleEvents) {
      if (event.kind === "explained_gaps") {
        context.fillStyle = theme.panel;
        bar(event, 11);
        context.fillStyle = theme.gap;
        bar(event, 2);
      } else if (event.kind === "gaps") {
        context.fillStyle = theme.panel;
        bar(event, 11);
        context.fillStyle = theme.gap;
        bar(event, 9);
      } else if (event.kind === "stops") {
        context.fillStyle = colour;
        bar(event, 6);
      }
    }
    for (const event of visibleEvents) {
      if (event.kind !== "dark_calls") continue;
      context.fillStyle = theme.inferred;
      bar(event, 15, 0, 3);
    }
    for (const event of visibleEvents) {
      if (event.kind !== "sightings") continue;
      if (event.features[0].properties.is_claim) {
        context.fillStyle = theme.verdicts[event.grade] ?? theme.muted;
        bar(event, 1.5, -8);
      }
      const x = this.markX(event);
      if (x < LANE.names - 8 || x > LANE.names + this.width + 8) continue;
      context.save();
      context.translate(x, middle);
      context.scale(0.85, 0.85);
      drawMark(context, event, theme);
      context.restore();
    }
  }

  markX(event) {
    return this.x((event.from + event.to) / 2);
  }

  drawNames(context, first, last, top, height) {
    const { theme } = this.app;
    context.fillStyle = theme.panel;
    context.fillRect(0, 0, LANE.names - 4, height);
    for (let lane = first; lane < last; lane += 1) {
      const middle = (lane + 0.5) * LANE.height - top + 2;
      const vessel = this.lanes[lane];
      context.fillStyle = vesselColour(vessel, theme);
      context.fillRect(10, middle - 6, 3, 12);
      context.fillStyle = theme.text;
      context.font = this.at.lane === lane && document.activeElement === this.scroller ? "bold 12px system-ui, sans-serif" : "12px system-ui, sans-serif";
      context.fillText(vesselName(vessel, 18), 19, middle, LANE.names - 30);
    }
  }

  // ---- pointing, clicking, keys --------------------------------------------------------------

  listen() {
    const { scroller, axis, app } = this;
    scroller.addEventListener("scroll", () => this.draw());
    scroller.addEventListener("focus", () => this.draw());
    scroller.addEventListener("blur", () => this.draw());
    scroller.addEventListener("click", (click) => {
      const event = this.eventAt(click);
      if (event) app.select(event);
      else if (click.offsetX > LANE.names) app.setMoment(this.timeAt(click.offsetX));
    });
    scroller.addEventListener("mousemove", (move) => {
      const event = this.eventAt(move);
      scroller.style.cursor = event ? "pointer" : "";
      scroller.title = event ? `${vesselName(this.model.vessels[event.vessel])}: ${titleOf(event)}, ${days(event.from, event.to)}` : "";
    });
    scroller.addEventListener("keydown", (key) => this.key(key));
    // Dragging along the axis chooses a window; a mere click there ends it.
    axis.addEventListener("pointerdown", (down) => {
      axis.setPointerCapture(down.pointerId);
      this.dragFrom = this.timeAt(down.offsetX);
    });
    axis.addEventListener("pointermove", (move) => {
      if (this.dragFrom === undefined) return;
      const to = Math.max(this.model.first, Math.min(this.model.last, this.timeAt(move.offsetX)));
      const from = Math.max(this.model.first, Math.min(this.model.last, this.dragFrom));
      if (Math.abs(this.x(to) - this.x(from)) > 4) app.setWindow([Math.min(from, to), Math.max(from, to)]);
    });
    axis.addEventListener("pointerup", (up) => {
      if (this.dragFrom !== undefined && Math.abs(this.x(this.dragFrom) - up.offsetX) <= 4) app.setWindow(null);
      this.dragFrom = undefined;
    });
  }

  eventAt(pointer) {
    const box = this.scroller.getBoundingClientRect();
    const x = pointer.clientX - box.left;
    const y = pointer.clientY - box.top + this.scroller.scrollTop;
    const vessel = this.lanes[Math.floor((y - 2) / LANE.height)];
    if (!vessel || x < LANE.names) return null;
    const order = ["sightings", "dark_calls", "gaps", "explained_gaps", "stops", "transits", "port_calls", "passages", "voyages", "tracks"];
    let best = null;
    for (const event of this.laneEvents[vessel.index]) {
      if (this.app.passing[event.index] !== 1 || !order.includes(event.kind)) continue;
      const near =
        event.kind === "sightings" ? Math.abs(this.markX(event) - x) <= 7 : x >= this.x(event.from) - 2 && x <= this.x(event.to) + 2;
      if (near && (!best || order.indexOf(event.kind) < order.indexOf(best.kind))) best = event;
    }
    return best;
  }

  key(key) {
    if (key.key === "+" || key.key === "-") return this.zoom(key.key === "+" ? 0.5 : 2);
    const vessel = this.lanes[this.at.lane];
    if (!vessel) return undefined;
    if (key.key === "Enter") {
      const event = this.here();
      if (event) this.app.select(event, [event], true);
      return undefined;
    }
    const events = this.eventsOf(vessel);
    if (key.key === "ArrowRight") this.at.event = Math.min(events.length - 1, this.at.event + 1);
    else if (key.key === "ArrowLeft") this.at.event = Math.max(0, this.at.event - 1);
    else if (key.key === "ArrowDown" || key.key === "ArrowUp") {
      const time = this.here()?.from ?? this.extent[0];
      this.at.lane = Math.max(0, Math.min(this.lanes.length - 1, this.at.lane + (key.key === "ArrowDown" ? 1 : -1)));
      const next = this.eventsOf(this.lanes[this.at.lane]).findIndex((event) => event.from >= time);
      this.at.event = Math.max(0, next);
    } else return undefined;
    key.preventDefault();
    const event = this.here();
    if (!event) return undefined;
    const top = this.at.lane * LANE.height;
    if (top < this.scroller.scrollTop) this.scroller.scrollTop = top;
    else if (top + LANE.height > this.scroller.scrollTop + this.scroller.clientHeight) {
      this.scroller.scrollTop = top + LANE.height + 4 - this.scroller.clientHeight;
    }
    this.reveal(event.from, event.to);
    this.app.point(event);
    say(`${vesselName(this.lanes[this.at.lane])}: ${titleOf(event)}, ${days(event.from, event.to)}`);
    return undefined;
  }

  eventsOf(vessel) {
    return this.laneEvents[vessel.index].filter((event) => this.app.passing[event.index] === 1);
  }

  here() {
    const vessel = this.lanes[this.at.lane];
    return vessel ? this.eventsOf(vessel)[this.at.event] : undefined;
  }
}
