// The search box: vessels by name, MMSI and IMO, ports by name and code.

const MOST_FOUND = 12;

class Search {
  constructor(app) {
    this.app = app;
    this.input = byId("search-text");
    this.list = byId("search-results");
    this.found = [];
    this.active = -1;
    const { model } = app;
    this.entries = [
      ...model.ranked
        .filter((vessel) => vessel.id !== "")
        .map((vessel) => ({ vessel, name: vesselName(vessel), more: [vessel.mmsi ?? vessel.id, vessel.imo ? `IMO ${vessel.imo}` : ""].filter(Boolean).map(visible).join(", ") })),
      ...model.ports
        .filter((port) => typeof port.lon === "number")
        .sort((a, b) => b.events - a.events)
        .map((port) => ({ port, name: portName(port), more: [port.locode, port.country].filter(Boolean).map(visible).join(", ") })),
    ];
    for (const entry of this.entries) entry.plain = plain(`${entry.name} ${entry.more}`);
    this.input.addEventListener("input", () => this.search());
    this.input.addEventListener("focus", () => this.search());
    this.input.addEventListener("blur", () => setTimeout(() => this.close(), 150));
    this.input.addEventListener("keydown", (key) => this.key(key));
  }

  search() {
    const sought = plain(this.input.value.trim());
    if (sought === "") return this.close();
    // What begins with the text comes before what merely holds it.
    const holds = this.entries.filter((entry) => entry.plain.includes(sought));
    const begins = holds.filter((entry) => entry.plain.startsWith(sought));
    this.found = [...new Set([...begins, ...holds])].slice(0, MOST_FOUND);
    this.active = this.found.length > 0 ? 0 : -1;
    return this.draw();
  }

  draw() {
    this.list.replaceChildren(
      ...this.found.map((entry, at) =>
        make(
          "li",
          { role: "option", id: `found-${at}`, "aria-selected": String(at === this.active), onmousedown: () => this.choose(entry) },
          make("strong", {}, entry.name),
          make("span", { class: "muted" }, `${entry.vessel ? "vessel" : "port"}${entry.more ? `, ${entry.more}` : ""}`),
        ),
      ),
    );
    if (this.found.length === 0) this.list.append(make("li", { class: "muted", role: "option", "aria-disabled": "true" }, "No vessel and no port"));
    this.list.hidden = false;
    this.input.setAttribute("aria-expanded", "true");
    if (this.active >= 0) this.input.setAttribute("aria-activedescendant", `found-${this.active}`);
    else this.input.removeAttribute("aria-activedescendant");
  }

  close() {
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }

  key(key) {
    if (key.key === "Escape") {
      this.input.value = "";
      return this.close();
    }
    if (this.list.hidden) return undefined;
    if (key.key === "Enter" && this.found[this.active]) return this.choose(this.found[this.active]);
    if (key.key !== "ArrowDown" && key.key !== "ArrowUp") return undefined;
    key.preventDefault();
    const step = key.key === "ArrowDown" ? 1 : -1;
    this.active = (this.active + step + this.found.length) % Math.max(1, this.found.length);
    return this.draw();
  }

  choose(entry) {
    this.input.value = entry.name;
    this.close();
    const { app } = this;
    if (entry.port) {
      app.view.map.jumpTo({ center: [entry.port.lon, entry.port.lat], zoom: Math.max(9, app.view.map.getZoom()) });
      say(`The map shows ${entry.name}.`);
    } else {
      app.update({ vessels: new Set([entry.vessel.id]) });
      app.view.fitVessel(entry.vessel);
      say(`Only ${entry.name} is shown. Reset filters shows all.`);
    }
  }
}
