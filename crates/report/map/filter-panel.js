// The legend, which is also the filter: kinds of events with their counts, grades, verdicts, vessels,
// ports.

// As many rows of a long list are shown; the box above finds the others.
const MOST_ROWS = 60;

class FilterPanel {
  constructor(app) {
    this.app = app;
    this.model = app.model;
    this.panel = byId("filters");
    this.kinds = make("ul", { class: "choices-list" });
    this.grades = make("ul", { class: "choices-list" });
    this.vessels = new NameFilter(app, "vessels", "Vessels", this.model.ranked.map((vessel) => ({ key: vessel.id, name: vesselName(vessel), more: vessel.id, events: vessel.events, vessel })));
    const ports = this.model.ports.filter((port) => port.events > 0).sort((a, b) => b.events - a.events || (a.name < b.name ? -1 : 1));
    this.ports = new NameFilter(app, "ports", "Ports", ports.map((port) => ({ key: port.key, name: portName(port), more: port.locode ?? "", events: port.events })));
    this.reset = make("button", { type: "button", class: "reset", onclick: () => app.update({ vessels: null, ports: null, kinds: null, grades: null }) }, "Reset filters");
    this.panel.append(
      make("div", { class: "pane-head" }, make("h2", {}, "Legend and filters"), this.reset),
      make("div", { class: "pane-body" }, this.kinds, this.gradesHead(), this.grades, this.vessels.box, this.ports.box, this.foot()),
    );
  }

  gradesHead() {
    return make("h3", {}, "Grades and verdicts");
  }

  foot() {
    const { run } = this.model;
    const inputs = run.inputs ?? [];
    const shown = inputs.map((name) => make("li", {}, visible(name)));
    const more = run.inputs_total - inputs.length;
    if (more > 0) shown.push(make("li", {}, `and ${more} more`));
    return make("div", { class: "foot muted" }, make("h3", {}, "Made from"), make("ul", {}, ...shown), make("p", {}, visible(run.program ?? "")));
  }

  refresh() {
    const { app, model } = this;
    const { state } = app;
    const counts = new Map();
    const gradeCounts = new Map();
    for (const event of model.events) {
      counts.set(event.kind, (counts.get(event.kind) ?? 0) + 1);
      if (event.grade && event.kind !== "dark_legs") gradeCounts.set(event.grade, (gradeCounts.get(event.grade) ?? 0) + 1);
    }
    this.kinds.replaceChildren(
      ...KINDS.filter(({ key }) => counts.has(key)).map((kind) => {
        const chosen = state.kinds ? state.kinds.has(kind.key) : kind.key !== "reach";
        return this.choice({ kind: kind.key, grade: kind.key === "dark_calls" ? "D4" : kind.key === "sightings" ? "possible" : null }, kind.several, kind.says, kind.key === "dark_calls" ? null : counts.get(kind.key), chosen, (on) =>
          app.update({ kinds: toggled(state.kinds ?? new Set(USUAL_KINDS), kind.key, on, USUAL_KINDS) }),
        );
      }),
    );
    const all = [...GRADES.map(({ key }) => key), ...VERDICTS.map(({ key }) => key)];
    this.grades.replaceChildren(
      ...[...GRADES.map((grade) => ["dark_calls", grade]), ...VERDICTS.map((verdict) => ["sightings", verdict])]
        .filter(([, { key }]) => gradeCounts.has(key))
        .map(([kind, { key, says }]) =>
          this.choice({ kind, grade: key }, key[0].toUpperCase() + key.slice(1), says, gradeCounts.get(key), state.grades ? state.grades.has(key) : true, (on) =>
            app.update({ grades: toggled(state.grades ?? new Set(all), key, on, all) }),
          ),
        ),
    );
    this.grades.hidden = this.grades.children.length === 0;
    this.grades.previousSibling.hidden = this.grades.hidden;
    this.vessels.refresh();
    this.ports.refresh();
    this.reset.hidden = !(state.vessels || state.ports || state.kinds || state.grades);
  }

  choice(mark, name, says, number, chosen, change) {
    const box = make("input", { type: "checkbox", checked: chosen, onchange: () => change(box.checked) });
    box.dataset.key = mark.grade && mark.kind !== "dark_legs" ? `${mark.kind} ${name}` : mark.kind;
    return make(
      "li",
      {},
      make("label", { title: says }, box, markElement(mark, this.app.theme), make("span", { class: "choice-name" }, name, make("small", {}, says)), make("span", { class: "number" }, number === null ? "" : count(number))),
    );
  }
}

/** A set with or without a name; null if that is all there is to choose by default. */
function toggled(names, name, on, usual) {
  const next = new Set(names);
  if (on) next.add(name);
  else next.delete(name);
  return next.size === usual.length && usual.every((other) => next.has(other)) ? null : next;
}

/** The filter of vessels or of ports: a box to find names, the names, all and none. */
class NameFilter {
  constructor(app, key, title, entries) {
    this.app = app;
    this.key = key;
    this.entries = entries;
    const id = `filter-${key}`;
    this.text = make("input", { type: "search", placeholder: `Filter ${entries.length} ${key}`, "aria-label": `Find among the ${key}`, oninput: () => this.refresh() });
    this.text.hidden = entries.length <= 8;
    this.list = make("ul", { class: "choices-list names", "aria-labelledby": id });
    this.note = make("p", { class: "muted small" });
    this.box = make(
      "section",
      { class: "names-filter" },
      make(
        "div",
        { class: "names-head" },
        make("h3", { id }, title),
        make("button", { type: "button", onclick: () => app.update({ [key]: null }) }, "All"),
        make("button", { type: "button", onclick: () => app.update({ [key]: new Set() }) }, "None"),
      ),
      this.text,
      this.list,
      this.note,
    );
  }

  refresh() {
    const { app, key } = this;
    const chosen = app.state[key];
    const sought = plain(this.text.value.trim());
    const found = this.entries.filter((entry) => sought === "" || plain(`${entry.name} ${entry.more}`).includes(sought));
    // What was chosen of many stays in sight.
    const first = chosen && chosen.size < this.entries.length ? found.filter((entry) => chosen.has(entry.key)) : [];
    const shown = found.length <= MOST_ROWS ? found : [...new Set([...first, ...found])].slice(0, MOST_ROWS);
    this.list.replaceChildren(...shown.map((entry) => this.row(entry, chosen)));
    const repeat = key === "vessels" && this.entries.length > app.theme.vessels.length;
    this.note.textContent = [
      found.length > shown.length ? `${count(found.length - shown.length)} more: type to find them.` : "",
      repeat ? `Colours repeat after ${app.theme.vessels.length} vessels.` : "",
    ].join(" ").trim();
    this.note.hidden = this.note.textContent === "";
  }

  row(entry, chosen) {
    const { app, key } = this;
    const keys = this.entries.map((other) => other.key);
    const box = make("input", {
      type: "checkbox",
      checked: chosen ? chosen.has(entry.key) : true,
      onchange: () => app.update({ [key]: toggled(chosen ?? new Set(keys), entry.key, box.checked, keys) }),
    });
    box.dataset.key = entry.key;
    const swatch = entry.vessel ? make("span", { class: "swatch", style: `background:${vesselColour(entry.vessel, app.theme)}` }) : null;
    return make(
      "li",
      {},
      make("label", {}, box, swatch, make("span", { class: "choice-name" }, entry.name), make("span", { class: "number" }, count(entry.events))),
      make("button", { type: "button", class: "only", "aria-label": `Only ${entry.name}`, onclick: () => app.update({ [key]: new Set([entry.key]) }) }, "only"),
    );
  }
}
