// Messages by verdict over time. The worst stand at the bottom, where their heights can be compared.

const VERDICTS_HEIGHT = 220;

function verdictsChart(figure, triage, pick) {
  const hidden = new Set();
  const { hours, story, verdicts } = triage;
  const totals = verdicts.map((_, at) => hours.reduce((sum, hour) => sum + hour[at + 1], 0));

  const legend = el(
    "div",
    { class: "legend", role: "group", "aria-label": "Verdicts to draw" },
    verdicts.map(({ name, word }, at) =>
      el(
        "button",
        {
          type: "button",
          "aria-pressed": "true",
          click: ({ currentTarget }) => {
            hidden.has(at) ? hidden.delete(at) : hidden.add(at);
            currentTarget.setAttribute("aria-pressed", String(!hidden.has(at)));
            redraw();
          },
        },
        svg(
          "svg",
          { width: 14, height: 14, "aria-hidden": "true" },
          svg("rect", { class: `v-${name}`, width: 14, height: 14 }),
        ),
        `${word} ${grouped(totals[at])}`,
      ),
    ),
    storyLegend(story),
  );
  const tip = tipBelow();
  figure.append(legend);

  const draw = (width) => {
    const scale = new Timescale(hours, LEFT, width - LEFT - RIGHT);
    const shown = verdicts.map((_, at) => at).filter((at) => !hidden.has(at));
    const height = (bar) => shown.reduce((sum, at) => sum + bar.verdicts[at], 0);
    const ticks = roundTicks(Math.max(1, ...scale.bars.map(height)), 4);
    const [top, bottom] = [8, VERDICTS_HEIGHT];
    const y = (amount) => bottom - (amount / ticks.at(-1)) * (bottom - top);
    const lane = story.length ? MARK_LANE : 0;
    const cursor = svg("rect", { class: "cursor", y: top, height: bottom - top, width: 0, "aria-hidden": "true" });

    const node = picture(
      width,
      bottom + 32 + lane,
      {
        class: "chart",
        tabindex: 0,
        role: "group",
        "aria-roledescription": "chart",
        "aria-label":
          `Messages by verdict over time, ${counted(scale.bars.length, "bar")} of ${lasting(scale.span)}. ` +
          "Arrow keys read them, Enter lists their messages.",
      },
      storyBehind(story, scale, top, bottom),
      countAxis(ticks, y, width - RIGHT),
      cursor,
      svg("g", { "aria-hidden": "true" }, stacks(scale, shown, verdicts, y)),
      timeAxis(scale, bottom),
      storyMarks(story, scale, bottom + 32),
    );
    cursorOver(node, scale, tip, {
      pick: pick && ((bar) => pick("first", bar.begin, bar.end)),
      lines: (bar) => [
        counted(height(bar), "message"),
        ...shown.map((at) => `${verdicts[at].word} ${grouped(bar.verdicts[at])}`),
      ],
      show: (bar) => {
        const [x, wide] = bar ? scale.edges(bar) : [0, 0];
        cursor.setAttribute("x", x);
        cursor.setAttribute("width", wide);
      },
    });
    return [node];
  };

  const redraw = drawn(figure, draw);
  figure.append(
    tip,
    asTable("Messages by verdict", ["From (UTC)", ...verdicts.map(({ word }) => word)], () =>
      hours.map(([start, ...amounts]) => [clock(start), ...amounts.slice(0, 4).map(grouped)]),
    ),
  );
}

function stacks(scale, shown, verdicts, y) {
  const under = scale.bars.map(() => 0);
  return shown.map((at) => {
    const boxes = scale.bars
      .filter((bar) => bar.verdicts[at])
      .map((bar) => {
        const [x, width] = scale.edges(bar);
        const [from, to] = [y(under[bar.at]), y(under[bar.at] + bar.verdicts[at])];
        under[bar.at] += bar.verdicts[at];
        // Something is never drawn as nothing.
        return [x, Math.min(to, from - 1), width, Math.max(1, from - to)];
      });
    return bars(`v-${verdicts[at].name}`, boxes);
  });
}
