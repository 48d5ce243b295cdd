// Failures by code over time: a small chart for each code, all on one time axis, each with its own scale. Side by
// side they need neither a legend nor colours, and a rare code is not crushed by a frequent one.

const CODES_SHOWN = 7;
const CODE_HEIGHT = 40;

function codesChart(figure, triage, pick) {
  const { hours, story } = triage;
  const titles = new Map([...triage.codes].reverse());
  const totals = new Map();
  for (const hour of hours) for (const [code, amount] of hour[5]) totals.set(code, (totals.get(code) ?? 0) + amount);
  const ranked = [...totals].sort((a, b) => b[1] - a[1]).map(([code]) => code);
  const shown = ranked.slice(0, ranked.length > CODES_SHOWN + 1 ? CODES_SHOWN : CODES_SHOWN + 1);
  const rest = ranked.slice(shown.length);
  const series = shown.map((code) => ({
    codes: [code],
    name: String(code),
    title: titles.get(code) ?? "",
    link: true,
  }));
  if (rest.length)
    series.push({ codes: rest, name: counted(rest.length, "other code"), title: rest.slice(0, 12).join(", ") });

  const amount = (bar, { codes }) => codes.reduce((sum, code) => sum + (bar.codes.get(code) ?? 0), 0);
  const tip = tipBelow();

  drawn(figure, (width) => {
    const scale = new Timescale(hours, LEFT, width - LEFT - RIGHT);
    const cursors = [];
    const rows = series.map((each) => {
      const most = Math.max(...scale.bars.map((bar) => amount(bar, each)));
      const y = (number) => CODE_HEIGHT - (number / most) * (CODE_HEIGHT - 4);
      const cursor = svg("rect", { class: "cursor", y: 0, height: CODE_HEIGHT, width: 0 });
      cursors.push(cursor);
      const sum = each.codes.reduce((total, code) => total + totals.get(code), 0);
      return el(
        "div",
        { class: "code-row" },
        el(
          "div",
          { class: "code-name" },
          each.link ? el("a", { href: `#code-${each.name}`, class: "code" }, each.name) : el("b", {}, each.name),
          el("span", { class: "code-title" }, each.title),
          el("span", { class: "code-count" }, `${grouped(sum)}, at most ${grouped(most)} in ${lasting(scale.span)}`),
        ),
        picture(
          width,
          CODE_HEIGHT + 1,
          { "aria-hidden": "true" },
          storyBehind(story, scale, 0, CODE_HEIGHT),
          svg("text", { class: "axis", x: LEFT - 6, y: 12, "text-anchor": "end" }, short(most)),
          svg("line", { class: "base", x1: LEFT, x2: width - RIGHT, y1: CODE_HEIGHT, y2: CODE_HEIGHT }),
          cursor,
          bars(
            "plain",
            scale.bars
              .filter((bar) => amount(bar, each))
              .map((bar) => {
                const [x, wide] = scale.edges(bar);
                const tall = Math.max(1, CODE_HEIGHT - y(amount(bar, each)));
                return [x, CODE_HEIGHT - tall, wide, tall];
              }),
          ),
        ),
      );
    });
    const lane = story.length ? MARK_LANE : 0;
    const axis = picture(width, 32 + lane, { class: "chart" }, timeAxis(scale, 0), storyMarks(story, scale, 32));
    const node = el(
      "div",
      {
        class: "chart",
        tabindex: 0,
        role: "group",
        "aria-roledescription": "chart",
        "aria-label":
          `Failures by code over time, ${counted(scale.bars.length, "bar")} of ${lasting(scale.span)}. ` +
          "Arrow keys read them, Enter lists their messages.",
      },
      rows,
      axis,
    );
    cursorOver(node, scale, tip, {
      pick: pick && ((bar) => pick("failed", bar.begin, bar.end)),
      lines: (bar) => {
        const found = series.filter((each) => amount(bar, each));
        return found.length ? found.map((each) => `${each.name}: ${grouped(amount(bar, each))}`) : ["no failures"];
      },
      show: (bar) => {
        const [x, wide] = bar ? scale.edges(bar) : [0, 0];
        for (const cursor of cursors) {
          cursor.setAttribute("x", x);
          cursor.setAttribute("width", wide);
        }
      },
    });
    return [node];
  });
  figure.append(
    tip,
    asTable("Failures by code", ["From (UTC)", ...series.map(({ name }) => name)], () =>
      hours
        .filter((hour) => hour[5].length)
        .map((hour) => {
          const bar = { codes: new Map(hour[5]) };
          return [clock(hour[0]), ...series.map((each) => grouped(amount(bar, each)))];
        }),
    ),
  );
}
