// The evidence of one event: what it is, what it rests on, what belongs to it.

// Said in the head, or of use to programs only.
const NOT_IN_TABLE = new Set(["reason", "source", "notice", "name", "times"]);

/** Of candidates those within the vessel's usual speed, or all if that is not known. */
function withinUsual(name, value) {
  return name === "candidates" && Array.isArray(value) ? value.filter((candidate) => candidate.plausible !== false) : value;
}

class Evidence {
  constructor(app) {
    this.app = app;
    this.pane = byId("evidence");
    this.pane.addEventListener("keydown", (key) => {
      if (key.key === "Escape") this.app.select(null);
    });
  }

  close() {
    this.pane.hidden = true;
    byId("list-pane").hidden = false;
  }

  open(event, here, move) {
    const { model, theme } = this.app;
    const vessel = model.vessels[event.vessel];
    const { properties } = event.features[0];
    const others = here.filter((other) => other !== event);
    const parts = [
      make(
        "div",
        { class: "evidence-bar" },
        make("button", { type: "button", class: "back", onclick: () => this.app.select(null) }, "Back to the list"),
        make("button", { type: "button", onclick: () => this.app.view.show(event) }, "Show on the map"),
      ),
      make(
        "header",
        {},
        markElement(event, theme, this.app.tint(event)),
        make("div", {}, make("h2", {}, titleOf(event)), make("p", { class: "row-sub" }, this.vesselLine(event, properties))),
      ),
      make("p", { class: `basis ${basisOf(event).split(" ")[0]}` }, this.basisLine(event)),
      make("p", { class: "reason" }, sentenceOf(event, model)),
      this.times(event),
      this.links(event, vessel),
      this.others("Also here", new Map(others.map((other) => [other, null]))),
      this.others("Belongs to it", new Map([...relatedOf(event, model), ...namedBy(event, model)])),
      this.sources(event),
      ...event.features.map((feature) => this.table(event, feature)),
      this.command(event),
    ];
    this.pane.replaceChildren(...parts.filter(Boolean));
    byId("list-pane").hidden = true;
    this.pane.hidden = false;
    this.pane.scrollTop = 0;
    if (move) this.pane.focus({ preventScroll: true });
    say(`Evidence: ${titleOf(event)}, ${whoseOf(event, model)}. Escape goes back to the list.`);
  }

  vesselLine(event, properties) {
    const numbers = [properties.mmsi ? `MMSI ${visible(properties.mmsi)}` : null, properties.imo ? `IMO ${visible(properties.imo)}` : null];
    return [whoseOf(event, this.app.model), ...numbers.filter(Boolean)].join(", ");
  }

  basisLine(event) {
    const basis = basisOf(event);
    const grade = GRADES.find(({ key }) => key === event.grade);
    const verdict = VERDICTS.find(({ key }) => key === event.grade);
    const first = basis[0].toUpperCase() + basis.slice(1);
    if (grade) return `${first}. Grade ${grade.key}: ${visible(event.features[0].properties.grade_meaning ?? grade.says)}.`;
    if (verdict) return `${first}. Verdict: ${verdict.key}, ${verdict.says}.`;
    return `${first}.`;
  }

  times(event) {
    const { properties } = event.features[0];
    const interval = (earliest, latest) => {
      const [from, to] = [seconds(properties[earliest]), seconds(properties[latest])];
      if (from === null && to === null) return "not known";
      if (from === to) return moment(from);
      return `between ${from === null ? "?" : moment(from)} and ${to === null ? "the end of the data" : moment(to)}`;
    };
    const end = (name) => (seconds(properties[name]) === null ? "not seen" : moment(seconds(properties[name])));
    const rows = [];
    if (event.kind === "dark_calls" || event.kind === "dark_legs") {
      const names = event.kind === "dark_calls" ? ["Arrival", "Departure"] : ["Departure", "Arrival"];
      for (const name of names) rows.push([name, interval(`${name.toLowerCase()}_earliest`, `${name.toLowerCase()}_latest`)]);
    } else if (event.kind === "sightings") {
      rows.push(["Seen", interval("time_from", "time_to")]);
    } else if (event.kind === "port_calls") {
      rows.push(["Arrival", end("arrival")], ["Departure", end("departure")]);
    } else if (event.kind === "voyages" || event.kind === "tracks") {
      rows.push(["Departure", end("departure")], ["Arrival", end("arrival")]);
    } else if (isGap(event)) {
      rows.push(["Last report", end("start")], ["Next report", end("end")]);
    } else if (event.kind !== "places") {
      rows.push(["From", moment(event.from)], ["To", moment(event.to)]);
    }
    return make("dl", { class: "times" }, ...rows.flatMap(([name, text]) => [make("dt", {}, name), make("dd", {}, `${text} UTC`.replace(/(not seen|not known|the end of the data) UTC$/, "$1"))]));
  }

  links(event, vessel) {
    const links = [];
    const address = webAddress(event.features[0].properties.url);
    if (address) {
      links.push(make("a", { href: address, rel: "noopener noreferrer", target: "_blank" }, `Source: ${short(address, 60)}`));
    }
    const dossier = (this.app.model.run.dossiers ?? []).find(
      (name) => /^dossier[\w.@-]*\.md$/.test(name) && (name === `dossier-${vessel.id}.md` || name === "dossier.md"),
    );
    if (dossier && vessel.id !== "") links.push(make("a", { href: dossier, rel: "noopener noreferrer", target: "_blank" }, `Dossier: ${dossier}`));
    return links.length > 0 ? make("p", { class: "links" }, ...links) : null;
  }

  others(head, others) {
    if (others.size === 0) return null;
    const { theme } = this.app;
    const rows = [...others];
    const shown = rows.slice(0, 40).map(([other, what]) =>
      make(
        "li",
        {},
        make(
          "button",
          { type: "button", onclick: () => this.app.select(other, [other], true) },
          markElement(other, theme, this.app.tint(other)),
          make("span", {}, what ? make("em", {}, `${what}: `) : null, `${titleOf(other)}, ${days(other.from, other.to)}`),
        ),
      ),
    );
    if (rows.length > 40) shown.push(make("li", { class: "muted" }, `and ${rows.length - 40} more`));
    return make("section", {}, make("h3", {}, head), make("ul", { class: "related" }, ...shown));
  }

  /** The rows of the input that it rests on. */
  sources(event) {
    const rows = [];
    for (const { properties } of event.features) {
      const { source, file, row, ais_file: aisFile, ais_row: aisRow } = properties;
      if (file) rows.push(["Sighting", file, row]);
      if (source?.first) rows.push(["First report", source.first.file, source.first.row]);
      if (source?.last) rows.push(["Last report", source.last.file, source.last.row]);
      if (aisFile) rows.push(["AIS then", aisFile, aisRow]);
    }
    if (rows.length === 0) return null;
    const body = rows.map(([what, file, row]) =>
      make("tr", {}, make("th", { scope: "row" }, what), make("td", {}, visible(file ?? "")), make("td", { class: "number" }, row === null || row === undefined ? "" : `row ${row}`)),
    );
    return make("section", {}, make("h3", {}, "Source rows"), make("table", { class: "sources" }, make("tbody", {}, ...body)));
  }

  table(event, feature) {
    const rows = [];
    for (const [name, value] of Object.entries(feature.properties)) {
      if (NOT_IN_TABLE.has(name)) continue;
      rows.push(make("tr", {}, make("th", { scope: "row" }, visible(name)), make("td", {}, this.value(withinUsual(name, value)))));
    }
    const part = event.features.length > 1 && feature.properties.part ? ` of the ${visible(feature.properties.part)} part` : "";
    return make("details", { open: event.features.length === 1 }, make("summary", {}, `All properties${part}`), make("table", { class: "properties" }, make("tbody", {}, ...rows)));
  }

  value(value) {
    if (value === null || value === undefined) return make("span", { class: "muted" }, "none");
    if (Array.isArray(value)) {
      if (value.length === 0) return make("span", { class: "muted" }, "none");
      if (value.every((entry) => entry !== null && typeof entry === "object" && !Array.isArray(entry))) return this.list(value);
      return make("ul", { class: "values" }, ...value.map((entry) => make("li", {}, this.value(entry))));
    }
    if (typeof value === "object") return visible(JSON.stringify(value));
    const other = typeof value === "string" ? this.app.model.byId.get(value) : undefined;
    if (other) return make("button", { type: "button", class: "inline", onclick: () => this.app.select(other, [other], true) }, visible(value));
    return visible(value);
  }

  /** A list such as the candidates, as a table of its own. */
  list(entries) {
    const columns = [...new Set(entries.flatMap((entry) => Object.keys(entry)))].filter((name) =>
      entries.some((entry) => entry[name] !== null && entry[name] !== undefined),
    );
    return make(
      "div",
      { class: "wide", tabindex: "0", role: "group", "aria-label": "table" },
      make(
        "table",
        { class: "inner" },
        make("thead", {}, make("tr", {}, ...columns.map((name) => make("th", { scope: "col" }, visible(name).replaceAll("_", " "))))),
        make("tbody", {}, ...entries.map((entry) => make("tr", {}, ...columns.map((name) => make("td", {}, this.value(entry[name])))))),
      ),
    );
  }

  command(event) {
    const folder = decoded(location.pathname.split("/").slice(0, -1).pop() ?? "") || ".";
    const id = event.features[event.features.length - 1].id;
    return make("section", {}, make("h3", {}, "Step by step, with the source rows"), make("code", { class: "command" }, visible(`landfall explain ${shellWord(folder)} ${shellWord(id)}`)));
  }
}
