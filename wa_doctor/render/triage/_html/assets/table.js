// The table of messages: sorted by a click on a head, a page at a time, so that a million rows are as quick as ten.

const SIZES = [25, 50, 100, 200];
const PRINTED = 200;
const MARKS = { delivered: "\u2713", failed: "\u2717", undelivered: "!", accepted: "?" };

const COLUMNS = [
  { head: "Verdict", key: (message) => message.verdict },
  { head: "First event (UTC)", key: (message) => message.first },
  { head: "Message", key: (message) => message.id },
  { head: "Recipient", key: (message) => message.recipient },
  { head: "Region", key: (message) => message.region },
  { head: "Template", key: (message) => message.template },
  { head: "Codes", key: (message) => message.codes[0]?.[0] ?? null },
  { head: "Took", key: (message) => message.latency },
  { head: "Waits", key: (message) => message.waiting },
];

class Table {
  constructor(messages, triage) {
    this.messages = messages;
    this.verdicts = triage.verdicts;
    this.size = 50;
    this.page = 0;
    this.sorted = { column: null, down: false };
    this.open = new Set(messages.length === 1 ? messages : []);
    this.filters = new Filters(messages, triage.verdicts, () => {
      this.page = 0;
      this.select();
    });
    this.status = el("p", { class: "status", role: "status" });
    this.body = el("tbody", {});
    this.heads = COLUMNS.map((column) => this.head(column));
    this.pager = el("div", { class: "pager", role: "group", "aria-label": "Pages" });
    this.left = triage.total - messages.length;
    this.all = triage.all;
    this.select();
  }

  attach(section) {
    section.append(
      ...(this.left > 0
        ? [
            el(
              "p",
              { class: "note" },
              `The worst ${grouped(this.messages.length)} of ${counted(this.left + this.messages.length, "message")} are ` +
                "in this page; the figures and charts above count all of them. --limit puts more of them in, and this " +
                "writes every one:",
              el("code", { class: "command" }, this.all),
            ),
          ]
        : []),
      this.filters.node,
      this.status,
      el(
        "div",
        { class: "wide", tabindex: 0, role: "region", "aria-label": "Table of messages" },
        el(
          "table",
          { class: "messages" },
          el(
            "caption",
            { class: "unseen" },
            "Messages. The buttons in the heads sort, the button of a message opens it.",
          ),
          el("thead", {}, el("tr", {}, this.heads)),
          this.body,
        ),
      ),
      this.pager,
      el("p", { class: "printed" }),
    );
    addEventListener("beforeprint", () => this.draw(0, PRINTED));
    addEventListener("afterprint", () => this.draw());
    this.printed = section.querySelector(".printed");
  }

  head(column) {
    const button = el("button", { type: "button", click: () => this.sort(column) }, column.head);
    return el("th", { scope: "col", "aria-sort": "none" }, button);
  }

  // First upwards, then downwards, then as the program wrote them: the worst first.
  sort(column) {
    const { column: before, down } = this.sorted;
    if (before !== column) this.sorted = { column, down: false };
    else this.sorted = down ? { column: null, down: false } : { column, down: true };
    this.heads.forEach((head, at) => {
      const here = COLUMNS[at] === this.sorted.column;
      head.setAttribute("aria-sort", here ? (this.sorted.down ? "descending" : "ascending") : "none");
    });
    this.page = 0;
    this.select();
  }

  select() {
    this.view = this.messages.filter((message) => this.filters.take(message));
    const { column, down } = this.sorted;
    if (column) {
      const keyed = this.view.map((message) => [column.key(message), message]);
      keyed.sort(([a, first], [b, second]) => compare(a, b, down) || first.at - second.at);
      this.view = keyed.map(([, message]) => message);
    }
    this.draw();
  }

  draw(from = this.page * this.size, size = this.size) {
    const shown = this.view.slice(from, from + size);
    this.body.replaceChildren(...shown.flatMap((message) => this.rows(message)));
    this.status.textContent =
      this.view.length === this.messages.length
        ? counted(this.messages.length, "message")
        : `${grouped(this.view.length)} of ${counted(this.messages.length, "message")} match`;
    this.turn();
    if (this.printed)
      this.printed.textContent =
        this.view.length > PRINTED ? `The first ${grouped(PRINTED)} of ${grouped(this.view.length)} are printed.` : "";
  }

  rows(message) {
    const { name, word } = this.verdicts[message.verdict];
    const open = this.open.has(message);
    const id = `detail-${message.at}`;
    const button = el(
      "button",
      {
        type: "button",
        class: "open",
        title: message.id,
        "aria-expanded": String(open),
        "aria-controls": open ? id : null,
      },
      clipped(message.id),
    );
    const texts = [message.recipient, message.region, message.template];
    const row = el(
      "tr",
      {
        class: open ? "opened" : null,
        click: (event) => {
          // Who marks text to copy it does not want the row to open.
          if (event.target.closest("a") || String(getSelection())) return;
          this.toggle(message);
        },
      },
      el(
        "td",
        { "data-head": "Verdict" },
        el("span", { class: `verdict ${name}` }, el("span", { "aria-hidden": "true" }, `${MARKS[name]} `), word),
      ),
      el("td", { "data-head": "First event", class: "time" }, clock(message.first, true)),
      el("th", { scope: "row" }, button),
      texts.map((text, at) => el("td", { "data-head": COLUMNS[at + 3].head }, text)),
      el(
        "td",
        { "data-head": "Codes" },
        message.codes.map(([code, subcode]) => [codeLink(code, subcode), " "]),
      ),
      el("td", { "data-head": "Took", class: "figure" }, message.latency === null ? "" : lasting(message.latency)),
      el("td", { "data-head": "Waits", class: "figure" }, message.waiting === null ? "" : lasting(message.waiting)),
    );
    if (!open) return [row];
    return [row, el("tr", { class: "details", id }, el("td", { colspan: COLUMNS.length }, detail(message, word)))];
  }

  toggle(message) {
    this.open.has(message) ? this.open.delete(message) : this.open.add(message);
    this.draw();
    this.body.querySelectorAll("button.open")[this.view.indexOf(message) - this.page * this.size]?.focus();
  }

  turn() {
    const last = Math.max(0, Math.ceil(this.view.length / this.size) - 1);
    const from = this.page * this.size;
    const to = Math.min(from + this.size, this.view.length);
    const go = (label, page, disabled) =>
      el("button", { type: "button", disabled, click: () => this.go(page, label) }, label);
    this.pager.replaceChildren(
      go("First", 0, this.page === 0),
      go("Previous", this.page - 1, this.page === 0),
      el(
        "span",
        {},
        this.view.length ? `${grouped(from + 1)} to ${grouped(to)} of ${grouped(this.view.length)}` : "none",
      ),
      go("Next", this.page + 1, this.page === last),
      go("Last", last, this.page === last),
      el(
        "label",
        {},
        "Rows ",
        el(
          "select",
          {
            change: ({ target }) => {
              this.size = Number(target.value);
              this.page = 0;
              this.draw();
            },
          },
          SIZES.map((size) => el("option", { value: size, selected: size === this.size }, String(size))),
        ),
      ),
    );
  }

  go(page, label) {
    this.page = page;
    this.draw();
    // The button that was pressed is gone with the old pager; the focus stays at its place.
    const buttons = [...this.pager.querySelectorAll("button")];
    (
      buttons.find((each) => each.textContent === label && !each.disabled) ?? buttons.find((each) => !each.disabled)
    )?.focus();
  }

  pick(kind, begin, end) {
    this.filters.setTime(kind, begin, end);
    document.getElementById("messages").scrollIntoView();
  }

  // Opens the message that an address names, whatever is filtered.
  reveal(id) {
    const message = this.messages.find((each) => each.id === id);
    if (!message) return;
    if (!this.view.includes(message)) this.filters.clear();
    this.open.add(message);
    this.page = Math.floor(this.view.indexOf(message) / this.size);
    this.draw();
    document.getElementById(`detail-${message.at}`).previousElementSibling.scrollIntoView({ block: "center" });
  }
}

// What somebody typed into the address may be no escape at all.
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

// What is missing stands last, whichever way.
function compare(a, b, down) {
  const [noA, noB] = [a === null || a === "", b === null || b === ""];
  if (noA || noB) return Number(noA) - Number(noB);
  if (a === b) return 0;
  return (a < b ? -1 : 1) * (down ? -1 : 1);
}
