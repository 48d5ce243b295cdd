// One message: its events in order, why it was judged so, what to do.

function codeLink(code, subcode) {
  const text = coded(code, subcode);
  return document.getElementById(`code-${code}`)
    ? el("a", { href: `#code-${code}`, class: "code" }, text)
    : el("span", { class: "code" }, text);
}

function timeline(message) {
  const begin = message.first;
  return el(
    "ol",
    { class: "timeline" },
    message.events.map(({ time, status, code, subcode, repeated, note }) =>
      el(
        "li",
        { class: `event ${status}` },
        el("time", {}, clock(time, true)),
        el(
          "span",
          { class: "later" },
          begin === null || time === null || time === begin ? "" : `+${lasting(time - begin)}`,
        ),
        el(
          "span",
          {},
          el("b", {}, status),
          " ",
          code === null ? null : codeLink(code, subcode),
          repeated ? ` came ${repeated + 1} times` : null,
          note ? el("span", { class: "meaning" }, ` ${note}`) : null,
        ),
      ),
    ),
  );
}

function advice(fix) {
  return el(
    "p",
    {},
    fix.text,
    fix.command ? el("code", { class: "command" }, fix.command) : null,
    fix.url && /^https?:/.test(fix.url)
      ? el("span", { class: "address" }, el("a", { href: fix.url, rel: "noopener noreferrer" }, fix.url))
      : null,
  );
}

function particulars(message) {
  const rows = [
    ["From", message.number],
    ["Category", message.category],
    ["Delivered after", message.latency === null ? "" : lasting(message.latency)],
    ["Waiting", message.waiting === null ? "" : `${lasting(message.waiting)} where the log ends`],
    ["Repeated", message.repeats ? counted(message.repeats, "event") : ""],
    [
      "Also",
      [
        message.read ? "read" : "",
        message.conflicting ? "failed on another device" : "",
        message.inFlight ? "too young to judge" : "",
      ]
        .filter(Boolean)
        .join(", "),
    ],
  ].filter(([, value]) => value);
  return el(
    "dl",
    {},
    rows.map(([term, value]) => el("div", {}, el("dt", {}, term), el("dd", {}, value))),
  );
}

function detail(message, word) {
  return el(
    "div",
    { class: "detail" },
    el("p", { class: "why" }, el("b", {}, word), `: ${message.why}`),
    el(
      "p",
      {},
      el("code", {}, message.id),
      " ",
      el("a", { href: `#message=${encodeURIComponent(message.id)}` }, "Link to this message"),
    ),
    timeline(message),
    message.codes.length
      ? el(
          "ul",
          { class: "titles" },
          message.codes.map(([code, subcode, title]) => el("li", {}, codeLink(code, subcode), ` ${title}`)),
        )
      : null,
    message.reasons.length
      ? el(
          "div",
          { class: "reasons" },
          el("b", {}, "It may be that"),
          el(
            "ul",
            {},
            message.reasons.map(([title, likelihood, why]) =>
              el("li", {}, el("span", { class: `likelihood ${likelihood}` }, likelihood), ` ${title}: ${why}`),
            ),
          ),
        )
      : null,
    particulars(message),
    message.fix ? el("div", { class: "advice" }, el("b", {}, "What to do"), advice(message.fix)) : null,
  );
}
