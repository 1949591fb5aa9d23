// Puts everything together: reads what the page carries, keeps the state, tells the parts of changes.

class App {
  constructor(model) {
    this.model = model;
    this.state = readFragment(location.hash);
    this.selected = null;
    this.passing = new Uint8Array(model.events.length);
    this.dark = matchMedia("(prefers-color-scheme: dark)");
    this.choice = "auto";
    this.theme = THEMES[this.themeName()];
    this.remember = settled(() => history.replaceState(null, "", writeFragment(this.state) || location.pathname + location.search), 200);
  }

  /** The themed page first, then the map, then the parts that lean on it. */
  async start() {
    this.showTheme();
    showRun(this.model);
    this.filter();
    this.view = new MapView(this, landPolygons(landRings(await unpackedBytes(bytesOfBase64(byId("land").textContent)))));
    this.markers = new Markers(this);
    this.timeline = new Timeline(this);
    this.list = new EventList(this);
    this.evidence = new Evidence(this);
    this.panel = new FilterPanel(this);
    this.player = new Player(this);
    this.search = new Search(this);
    this.listen();
    this.refreshParts();
    await this.view.ready;
    this.selectById(this.state.select);
  }

  listen() {
    addEventListener("hashchange", () => this.restore());
    this.dark.addEventListener("change", () => this.retheme());
    byId("theme").addEventListener("change", () => {
      this.choice = byId("theme").value;
      this.retheme();
    });
    byId("colour").addEventListener("change", () => this.update({ colour: byId("colour").value }));
    byId("fit-events").addEventListener("click", () => this.view.fit(this.view.allBounds()));
    byId("fit-dark").addEventListener("click", () => this.view.fit(this.view.darkBounds()));
    byId("fit-dark").hidden = this.view.darkBounds() === null;
    byId("skip").addEventListener("click", (click) => {
      click.preventDefault();
      this.showTab("events");
      this.list.box.focus();
    });
    byId("tabs").addEventListener("click", (click) => {
      const tab = click.target.closest("[data-tab]");
      if (tab) this.showTab(tab.dataset.tab);
    });
    addEventListener("keydown", (key) => {
      if (key.key === "Escape" && this.selected && !key.defaultPrevented && document.activeElement !== this.search.input) this.select(null);
    });
  }

  // ---- changes of the state --------------------------------------------------------------------

  update(change) {
    Object.assign(this.state, change);
    this.filter();
    this.refreshParts();
    this.view.refresh();
    this.remember();
    if ("vessels" in change || "ports" in change || "kinds" in change || "grades" in change) {
      say(`${counted(this.list.events.length, "event", "events")} shown.`);
    }
  }

  setMoment(time) {
    this.state.at = Math.max(this.model.first, Math.min(this.model.last, time));
    this.refreshTime();
  }

  setWindow(span) {
    this.state.time = span;
    if (span && this.state.at !== null && (this.state.at < span[0] || this.state.at > span[1])) this.state.at = null;
    this.list.refresh();
    this.refreshTime();
  }

  showAllTime() {
    this.player.stop();
    this.state.at = null;
    this.state.trail = null;
    this.setWindow(null);
  }

  refreshTime() {
    this.player.refresh();
    this.timeline.draw();
    this.view.refreshTime();
    // Not for every frame of playing: the address would be written sixty times a second.
    if (!this.player.playing) this.remember();
  }

  filter() {
    for (const event of this.model.events) this.passing[event.index] = passes(event, this.state, this.model) ? 1 : 0;
  }

  refreshParts() {
    byId("colour").value = this.state.colour;
    this.panel.refresh();
    this.list.refresh();
    this.timeline.refresh();
    this.player.refresh();
  }

  /** Opens the evidence of an event, or closes it. `move` takes the keyboard along. */
  select(event, here = [event], move = false) {
    const before = this.selected;
    this.selected = event;
    this.state.select = event ? event.id : null;
    if (event) {
      this.evidence.open(event, here, move);
      this.view.show(event);
      this.timeline.reveal(event.from, event.to);
      this.showTab("events");
      this.list.goTo(event);
    } else if (before) {
      this.evidence.close();
      this.list.goTo(before);
      this.list.box.focus({ preventScroll: true });
    }
    this.view.refreshSelected();
    this.timeline.draw();
    this.remember();
  }

  selectById(id) {
    const event = id === null ? null : (this.model.byId.get(id) ?? null);
    if (event !== this.selected) this.select(event);
  }

  /** Shows where an event is without opening it. */
  point(event) {
    this.selected = event;
    this.view.refreshSelected();
    this.timeline.draw();
    this.selected = byId("evidence").hidden ? null : this.selected;
  }

  /** Takes the state from the address, after somebody has changed it. */
  restore() {
    const state = readFragment(location.hash);
    if (writeFragment(state) === writeFragment(this.state)) return;
    this.state = state;
    this.filter();
    this.refreshParts();
    this.view.refresh();
    if (state.view) this.view.map.jumpTo({ center: [state.view.lon, state.view.lat], zoom: state.view.zoom });
    this.selectById(state.select);
  }

  // ---- what the parts ask ----------------------------------------------------------------------

  vesselShown(vessel) {
    return !this.state.vessels || this.state.vessels.has(vessel.id);
  }

  tint(event) {
    if (event.vessel === undefined) return this.theme.muted;
    if (this.state.colour === "voyage" && event.line >= 0) return this.theme.vessels[event.index % this.theme.vessels.length];
    return vesselColour(this.model.vessels[event.vessel], this.theme);
  }

  // ---- theme and tabs --------------------------------------------------------------------------

  themeName() {
    return this.choice === "auto" ? (this.dark.matches ? "dark" : "light") : this.choice;
  }

  showTheme() {
    document.documentElement.dataset.theme = this.themeName();
  }

  retheme() {
    this.theme = THEMES[this.themeName()];
    this.showTheme();
    this.refreshParts();
    this.view.retheme();
    if (this.selected) this.evidence.open(this.selected, [this.selected], false);
  }

  /** On a phone one part is shown over the map. */
  showTab(name) {
    byId("work").dataset.tab = name;
    for (const button of byId("tabs").children) button.setAttribute("aria-pressed", String(button.dataset.tab === name));
    this.timeline?.draw();
    this.list?.draw();
  }
}

/** What the run says of itself: the summary, its notices, what the page leaves out. */
function showRun(model) {
  const { run } = model;
  const counts = run.counts ?? {};
  const vessels = counts.vessels ?? model.vessels.filter((vessel) => vessel.id !== "").length;
  const span = run.first && run.last ? `, ${days(seconds(run.first), seconds(run.last))}` : "";
  const dark = darkHeadline({ ...counts.dark_calls_by_grade, doubtful: counts.dark_calls_doubtful });
  // What is cut off where there is little room is when, not what.
  byId("summary").textContent = `${counted(vessels, "vessel", "vessels")}${dark ? `; dark calls (inferred): ${dark}` : ""}${span.replace(",", ";")}. Times are UTC.`;
  byId("summary").title = byId("summary").textContent;
  const notices = (run.notices ?? []).map((text) => make("p", { class: "notice" }, visible(text)));
  const amiss = run.amiss ?? [];
  if (amiss.length > 0) {
    notices.unshift(make("p", { class: "amiss" }, make("strong", {}, "Data quality, check before you trust the result: "), `${amiss.map(visible).join("; ")}.`));
  }
  const leftOut = run.left_out ?? [];
  if (leftOut.length > 0) notices.push(make("p", { class: "left-out" }, make("strong", {}, "Left out here: "), leftOut.map(visible).join(" ")));
  const section = byId("notices");
  section.hidden = notices.length === 0;
  const button = make("button", {
    type: "button",
    "aria-expanded": "true",
    onclick: () => {
      const folded = section.classList.toggle("folded");
      button.textContent = folded ? "More" : "Less";
      button.setAttribute("aria-expanded", String(!folded));
      dispatchEvent(new Event("resize"));
    },
  }, "Less");
  section.append(make("div", { class: "notice-texts" }, ...notices), button);
  if (matchMedia("(max-width: 760px)").matches) button.click();
}

async function open() {
  const model = new Model(JSON.parse(byId("run").textContent));
  await unpackedLines(bytesOfBase64(byId("features").textContent), (line) => model.add(JSON.parse(line)));
  model.finish();
  const app = new App(model);
  await app.start();
  byId("loading").hidden = true;
  // For tests and for those who want to look behind the page: the map, the state, what was read.
  window.landfall = { map: app.view.map, app };
  document.documentElement.dataset.ready = "true";
}

open().catch((error) => {
  byId("loading").hidden = false;
  byId("loading").textContent = `The map cannot be opened: ${error.message}`;
  console.error(error);
});
