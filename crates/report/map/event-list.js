// The list of events: what keyboard and screen reader go by. Only the rows in sight are elements.

const ROW = 52;

class EventList {
  constructor(app) {
    this.app = app;
    this.events = [];
    this.active = 0;
    this.head = make("h2", { id: "list-head" }, "Events");
    this.note = make("p", { class: "muted", id: "list-note" });
    this.rows = make("div", { class: "rows" });
    this.box = make("div", {
      class: "list",
      id: "list",
      role: "listbox",
      tabindex: "0",
      "aria-labelledby": "list-head",
      "aria-describedby": "list-note",
    });
    this.box.append(this.rows);
    byId("list-pane").append(make("div", { class: "pane-head" }, this.head, this.note), this.box);
    this.box.addEventListener("scroll", () => this.draw());
    this.box.addEventListener("keydown", (key) => this.key(key));
    this.box.addEventListener("click", (click) => {
      const row = click.target.closest("[data-at]");
      if (!row) return;
      this.active = Number(row.dataset.at);
      this.app.select(this.events[this.active], [this.events[this.active]], true);
    });
    new ResizeObserver(() => this.draw()).observe(this.box);
  }

  refresh() {
    const { app } = this;
    const [from, to] = windowOf(app.state, app.model);
    const all = app.state.time === null;
    this.events = app.model.ordered.filter((event) => app.passing[event.index] === 1 && (all || overlaps(event, from, to)));
    this.active = Math.max(0, app.selected ? this.events.indexOf(app.selected) : 0);
    this.head.textContent = counted(this.events.length, "event", "events");
    this.note.textContent = this.events.length === 0 ? "Nothing passes the filters." : "In order of time. Enter opens the evidence.";
    this.rows.style.height = `${this.events.length * ROW}px`;
    this.draw();
  }

  draw() {
    const { scrollTop: top, clientHeight: height } = this.box;
    const first = Math.max(0, Math.floor(top / ROW) - 3);
    const last = Math.min(this.events.length, Math.ceil((top + height) / ROW) + 3);
    const rows = [];
    for (let at = first; at < last; at += 1) rows.push(this.row(at));
    this.rows.replaceChildren(...rows);
    if (this.events.length > 0) this.box.setAttribute("aria-activedescendant", `row-${this.active}`);
    else this.box.removeAttribute("aria-activedescendant");
  }

  row(at) {
    const { model, theme, selected } = this.app;
    const event = this.events[at];
    return make(
      "div",
      {
        class: at === this.active ? "row active" : "row",
        id: `row-${at}`,
        role: "option",
        "aria-selected": String(event === selected),
        "aria-posinset": String(at + 1),
        "aria-setsize": String(this.events.length),
        "data-at": String(at),
        style: `top:${at * ROW}px`,
      },
      markElement(event, theme, this.app.tint(event)),
      make(
        "span",
        { class: "row-text" },
        make("span", { class: "row-title" }, titleOf(event), event.kind === "dark_calls" || event.kind === "dark_legs" ? ` (${event.grade})` : ""),
        make("span", { class: "row-sub" }, event.kind === "places" ? whoseOf(event, model) : `${whoseOf(event, model)}, ${days(event.from, event.to)}`),
      ),
    );
  }

  key(key) {
    const page = Math.max(1, Math.floor(this.box.clientHeight / ROW) - 1);
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity };
    if (key.key === "Enter" && this.events[this.active]) {
      this.app.select(this.events[this.active], [this.events[this.active]], true);
    } else if (key.key in steps) {
      this.active = Math.max(0, Math.min(this.events.length - 1, this.active + steps[key.key]));
      this.reveal();
      if (this.events[this.active]) this.app.point(this.events[this.active]);
    } else return;
    key.preventDefault();
  }

  reveal() {
    const top = this.active * ROW;
    if (top < this.box.scrollTop) this.box.scrollTop = top;
    else if (top + ROW > this.box.scrollTop + this.box.clientHeight) this.box.scrollTop = top + ROW - this.box.clientHeight;
    this.draw();
  }

  /** Goes to an event that was chosen elsewhere. */
  goTo(event) {
    const at = this.events.indexOf(event);
    if (at >= 0) this.active = at;
    this.reveal();
  }
}
