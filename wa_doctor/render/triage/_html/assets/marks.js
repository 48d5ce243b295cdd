// What happened besides, as numbered marks on the time axis; each leads to its line in the story.

const MARK_LANE = 26;
const NEAREST_MARKS = 22; // pixels; marks that are closer share one

const SHAPES = {
  account: "M0,-9 L9,0 L0,9 L-9,0 Z",
  failures: "M-8,-7 H8 L0,9 Z",
  gap: "M-8,-6 H8 V6 H-8 Z",
};
const KIND_WORDS = { account: "account event", failures: "failures that piled up", gap: "gap in the log" };

function clustered(story, scale) {
  const groups = [];
  for (const [number, kind, begin, end, severity, text] of story) {
    const x = scale.x(begin);
    const mark = { number, kind, begin, end, severity, text, x };
    const last = groups.at(-1);
    if (last && x - last.at(-1).x < NEAREST_MARKS) last.push(mark);
    else groups.push([mark]);
  }
  return groups;
}

function worst(marks) {
  return ["error", "warning", "notice"].find((severity) => marks.some((mark) => mark.severity === severity));
}

// The bands and lines behind the bars.
function storyBehind(story, scale, top, bottom) {
  return svg(
    "g",
    { "aria-hidden": "true" },
    story.map(([, kind, begin, end]) => {
      const [x1, x2] = [scale.x(begin), scale.x(end)];
      if (x2 - x1 < 2) return svg("line", { class: "mark-line", x1, x2: x1, y1: top, y2: bottom });
      return svg("rect", { class: `band ${kind}`, x: x1, y: top, width: x2 - x1, height: bottom - top });
    }),
  );
}

function storyMarks(story, scale, top) {
  return clustered(story, scale).map((marks) => {
    const [first, last] = [marks[0], marks.at(-1)];
    const label = marks.length > 1 ? `${first.number}-${last.number}` : String(first.number);
    const texts = marks.map((each) => `${each.number}. ${period(each.begin, each.end)}: ${each.text}`);
    const kinds = new Set(marks.map((each) => each.kind));
    const kind = kinds.size === 1 ? first.kind : "gap";
    return svg(
      "a",
      { href: `#story-${first.number}`, class: `mark ${worst(marks)}`, "aria-label": texts.join("; ") },
      svg("title", {}, texts.join("\n")),
      svg("path", { d: SHAPES[kind], transform: `translate(${first.x} ${top + 10})` }),
      svg("text", { x: first.x + 11, y: top + 14 }, label),
    );
  });
}

function storyLegend(story) {
  const kinds = [...new Set(story.map(([, kind]) => kind))];
  return kinds.map((kind) =>
    el(
      "span",
      { class: "key" },
      svg(
        "svg",
        { viewBox: "-10 -10 20 20", width: 14, height: 14, class: "mark", "aria-hidden": "true" },
        svg("path", { d: SHAPES[kind] }),
      ),
      KIND_WORDS[kind],
    ),
  );
}
