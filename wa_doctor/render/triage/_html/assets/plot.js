// What the charts over time have in common: the frame, the scales beside and below it.

const LEFT = 46;
const RIGHT = 10;
const PAPER = 720; // width of a chart on paper, so that its letters are as large as those around it

// Draws a chart now and whenever its room changes; `draw` is given the width and returns nodes.
function drawn(figure, draw) {
  const plot = el("div", { class: "plot" });
  let width = 0;
  figure.append(plot);
  const redraw = () => plot.replaceChildren(...draw(width));
  addEventListener("beforeprint", () => plot.replaceChildren(...draw(PAPER)));
  addEventListener("afterprint", redraw);
  new ResizeObserver(([entry]) => {
    const room = Math.max(240, Math.floor(entry.contentRect.width));
    if (room === width) return;
    width = room;
    redraw();
  }).observe(plot);
  return redraw;
}

// Round numbers from 0 to at least `most`, which is a count: no halves.
function roundTicks(most, wanted) {
  const rough = Math.max(1, most / wanted);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max(1, [1, 2, 5, 10].find((each) => each * power >= rough) * power);
  const ticks = [];
  for (let at = 0; at < most + step; at += step) ticks.push(at);
  return ticks;
}

function short(number) {
  if (number >= 1e6) return `${+(number / 1e6).toFixed(1)}M`;
  return number >= 1e4 ? `${+(number / 1e3).toFixed(1)}k` : grouped(number);
}

function countAxis(ticks, y, right) {
  return svg(
    "g",
    { class: "axis", "aria-hidden": "true" },
    ticks.map((tick) => [
      svg("line", { class: tick ? "grid" : "base", x1: LEFT, x2: right, y1: y(tick), y2: y(tick) }),
      svg("text", { x: LEFT - 6, y: y(tick) + 4, "text-anchor": "end" }, short(tick)),
    ]),
  );
}

function timeAxis(scale, top) {
  return svg(
    "g",
    { class: "axis", "aria-hidden": "true" },
    svg("line", { class: "base", x1: scale.left, x2: scale.left + scale.width, y1: top, y2: top }),
    scale.ticks().map(({ time, label, below }) => {
      const x = scale.x(time);
      // The labels at the edges stay inside the picture.
      const anchor = x > scale.left + scale.width - 20 ? "end" : "middle";
      return [
        svg("line", { class: "tick", x1: x, x2: x, y1: top, y2: top + 4 }),
        svg("text", { x, y: top + 15, "text-anchor": anchor }, label),
        below ? svg("text", { x, y: top + 27, "text-anchor": anchor, class: "below" }, below) : null,
      ];
    }),
  );
}

// All the bars of a series as one shape: a pattern is then laid once and not for each bar, which a printer feels.
function bars(name, boxes) {
  const d = boxes.map(
    ([x, y, width, height]) =>
      `M${x.toFixed(2)},${y.toFixed(2)}h${width.toFixed(2)}v${height.toFixed(2)}h${(-width).toFixed(2)}z`,
  );
  return svg("path", { class: name, d: d.join("") });
}

function picture(width, height, attributes, ...children) {
  return svg("svg", { viewBox: `0 0 ${width} ${height}`, width: "100%", ...attributes }, ...children);
}

// The figures of a chart as a table, for those who read rather than look; made when it is opened.
function asTable(caption, heads, rows) {
  const details = el("details", { class: "table" }, el("summary", {}, "Show as a table"));
  details.addEventListener("toggle", () => {
    if (!details.open || details.querySelector("table")) return;
    details.append(
      el(
        "div",
        { class: "wide", tabindex: 0, role: "region", "aria-label": caption },
        el(
          "table",
          {},
          el("caption", { class: "unseen" }, caption),
          el(
            "thead",
            {},
            el(
              "tr",
              {},
              heads.map((each) => el("th", { scope: "col" }, each)),
            ),
          ),
          el(
            "tbody",
            {},
            rows().map(([head, ...cells]) =>
              el(
                "tr",
                {},
                el("th", { scope: "row" }, head),
                cells.map((cell) => el("td", { class: "figure" }, cell)),
              ),
            ),
          ),
        ),
      ),
    );
  });
  return details;
}
