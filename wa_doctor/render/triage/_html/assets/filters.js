// Which messages the table shows: words, verdicts, a code, a stretch of time picked in a chart.

const PATIENCE = 120; // milliseconds after the last key before the search begins

class Filters {
  constructor(messages, verdicts, changed) {
    this.verdicts = new Set(verdicts.map((_, at) => at));
    this.terms = [];
    this.code = "";
    this.time = null;
    this.changed = changed;
    this.chip = el("span", {});
    this.node = this.build(messages, verdicts);
  }

  build(messages, verdicts) {
    const amounts = verdicts.map(() => 0);
    const codes = new Map();
    for (const message of messages) {
      amounts[message.verdict] += 1;
      for (const [code] of message.codes) codes.set(code, (codes.get(code) ?? 0) + 1);
    }
    let waiting = 0;
    this.search = el("input", {
      type: "search",
      id: "search",
      placeholder: "id, recipient, template, code, reason",
      autocomplete: "off",
      spellcheck: "false",
      input: () => {
        clearTimeout(waiting);
        waiting = setTimeout(() => {
          this.terms = this.search.value.toLowerCase().split(/\s+/).filter(Boolean);
          this.changed();
        }, PATIENCE);
      },
    });
    this.toggles = verdicts.map(({ name, word }, at) =>
      el(
        "label",
        { class: "toggle" },
        el("input", {
          type: "checkbox",
          checked: true,
          change: ({ target }) => {
            target.checked ? this.verdicts.add(at) : this.verdicts.delete(at);
            this.changed();
          },
        }),
        svg(
          "svg",
          { width: 12, height: 12, "aria-hidden": "true" },
          svg("rect", { class: `v-${name}`, width: 12, height: 12 }),
        ),
        `${word} ${grouped(amounts[at])}`,
      ),
    );
    this.select = el(
      "select",
      {
        id: "code",
        change: ({ target }) => {
          this.code = target.value;
          this.changed();
        },
      },
      el("option", { value: "" }, "any"),
      [...codes]
        .sort((a, b) => b[1] - a[1])
        .map(([code, amount]) => el("option", { value: code }, `${code} (${grouped(amount)})`)),
    );
    return el(
      "form",
      { class: "filters", role: "search", submit: (event) => event.preventDefault() },
      el("div", {}, el("label", { for: "search" }, "Search"), this.search),
      el("fieldset", {}, el("legend", { class: "unseen" }, "Verdicts"), this.toggles),
      codes.size ? el("div", {}, el("label", { for: "code" }, "Code"), this.select) : null,
      this.chip,
    );
  }

  // `kind` says which time is meant: that of the first event, or that of a failure.
  setTime(kind, begin, end) {
    this.time = kind ? { kind, begin, end } : null;
    this.chip.replaceChildren();
    if (kind) {
      const what = kind === "failed" ? "failed" : "first event";
      this.chip.append(
        el(
          "button",
          { type: "button", class: "chip", click: () => this.setTime(null) },
          `${what} ${period(begin, end)} `,
          el("span", { "aria-hidden": "true" }, "\u00d7"),
          unseen("remove this filter"),
        ),
      );
    }
    this.changed();
  }

  clear() {
    this.verdicts = new Set(this.toggles.keys());
    for (const toggle of this.toggles) toggle.querySelector("input").checked = true;
    this.search.value = "";
    this.terms = [];
    this.select.value = this.code = "";
    this.setTime(null);
  }

  take(message) {
    if (!this.verdicts.has(message.verdict)) return false;
    if (this.code && !message.codes.some(([code]) => String(code) === this.code)) return false;
    if (this.time && !this.within(message)) return false;
    return this.terms.every((term) => message.words.includes(term));
  }

  within(message) {
    const { kind, begin, end } = this.time;
    if (kind === "failed") return message.failedWithin(begin, end);
    return message.first !== null && message.first >= begin && message.first < end;
  }
}
