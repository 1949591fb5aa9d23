// The time slider: a moment, play, speed, how far back the trail goes, the chosen window.

const SPEEDS = [
  ["1 hour a second", HOUR],
  ["6 hours a second", 6 * HOUR],
  ["1 day a second", DAY],
  ["3 days a second", 3 * DAY],
  ["10 days a second", 10 * DAY],
];

const TRAILS = [
  ["all before", null],
  ["30 days", 30 * DAY],
  ["7 days", 7 * DAY],
  ["2 days", 2 * DAY],
];

class Player {
  constructor(app) {
    this.app = app;
    this.playing = false;
    const { first, last } = app.model;
    this.button = make("button", { type: "button", class: "play", onclick: () => (this.playing ? this.stop() : this.play()) });
    this.slider = make("input", { type: "range", min: String(first), max: String(last), step: String(Math.max(1, Math.round((last - first) / 5000))), "aria-label": "Moment", oninput: () => app.setMoment(Number(this.slider.value)) });
    this.slider.id = "slider";
    // Play that lasts about half a minute, whatever the span.
    const usual = SPEEDS.findIndex(([, speed]) => (last - first) / speed <= 45);
    this.speed = make("select", { id: "speed" }, ...SPEEDS.map(([name], at) => make("option", { value: String(at) }, name)));
    this.speed.value = String(usual < 0 ? SPEEDS.length - 1 : usual);
    this.trail = make("select", { id: "trail", onchange: () => app.update({ trail: TRAILS[this.trail.value][1] }) }, ...TRAILS.map(([name], at) => make("option", { value: String(at) }, name)));
    this.moment = make("output", { class: "moment", for: "slider" });
    this.whole = make("button", { type: "button", onclick: () => app.showAllTime() }, "All of the time");
    this.window = make("span", { class: "window muted" });
    byId("player").append(
      this.button,
      this.moment,
      this.slider,
      make("label", {}, "Speed ", this.speed),
      make("label", {}, "Trail ", this.trail),
      this.window,
      this.whole,
    );
  }

  refresh() {
    const { state, model } = this.app;
    this.button.textContent = this.playing ? "Pause" : "Play";
    this.button.setAttribute("aria-pressed", String(this.playing));
    const [from, to] = windowOf(state, model);
    this.slider.min = String(Math.floor(from));
    this.slider.max = String(Math.ceil(to));
    this.slider.value = String(state.at ?? to);
    this.slider.setAttribute("aria-valuetext", state.at === null ? "all of the time" : `${moment(state.at)} UTC`);
    this.moment.textContent = state.at === null ? "All times" : `${moment(state.at)} UTC`;
    this.window.textContent = state.time ? days(...state.time) : "";
    this.whole.hidden = state.at === null && state.time === null;
    const trail = TRAILS.findIndex(([, span]) => span === state.trail);
    this.trail.value = trail < 0 ? "" : String(trail);
  }

  play() {
    const [from, to] = windowOf(this.app.state, this.app.model);
    const { at } = this.app.state;
    if (at === null || at >= to) this.app.setMoment(from);
    this.playing = true;
    this.before = performance.now();
    requestAnimationFrame((now) => this.step(now));
    this.refresh();
  }

  stop() {
    this.playing = false;
    this.refresh();
    this.app.remember();
  }

  step(now) {
    if (!this.playing) return;
    const [, to] = windowOf(this.app.state, this.app.model);
    // A page in the background gets no frames; what it missed is not caught up with.
    const passed = Math.min(0.25, (now - this.before) / 1000);
    this.before = now;
    const next = this.app.state.at + passed * SPEEDS[this.speed.value][1];
    if (next >= to) {
      this.app.setMoment(to);
      this.stop();
      return;
    }
    this.app.setMoment(next);
    requestAnimationFrame((later) => this.step(later));
  }
}
