// How long delivery took: a bar for each stretch of time, the percentiles written beside the one they lie in.

function latencyChart(figure, latency) {
  const most = Math.max(1, ...latency.buckets.map(([, , count]) => count));
  const inside = (seconds) => latency.buckets.findIndex(([upto]) => upto === null || seconds <= upto);
  let sum = 0;
  const longest = latency.buckets.findLastIndex(([, , count]) => count);
  const rows = latency.buckets.slice(0, longest + 1).map(([, label, count], at) => {
    sum += count;
    const marks = latency.marks.filter(([, seconds]) => inside(seconds) === at);
    return el(
      "tr",
      {},
      el("th", { scope: "row" }, label),
      el(
        "td",
        { class: "long-bar" },
        svg(
          "svg",
          { class: "long", "aria-hidden": "true" },
          svg("rect", { class: "v-delivered", width: `${(count / most) * 100}%`, height: "100%" }),
        ),
      ),
      el("td", { class: "figure" }, grouped(count)),
      el("td", { class: "figure so-far" }, percent(sum, latency.count)),
      el(
        "td",
        {},
        marks.map(([name, seconds]) => el("span", { class: "percentile" }, `${name} ${lasting(seconds)}`)),
      ),
    );
  });
  figure.append(
    el(
      "table",
      { class: "latency" },
      el("caption", { class: "unseen" }, "Messages by the time from sent to delivered"),
      el(
        "thead",
        {},
        el(
          "tr",
          {},
          ["It took", "", "Messages", "So far", ""].map((each, at) =>
            el("th", { scope: "col", class: [null, null, "figure", "figure so-far", null][at] }, each),
          ),
        ),
      ),
      el("tbody", {}, rows),
    ),
    el(
      "p",
      { class: "hint" },
      `${counted(latency.count, "message")} with both times; the longest took ${lasting(latency.longest)}.`,
    ),
  );
}
