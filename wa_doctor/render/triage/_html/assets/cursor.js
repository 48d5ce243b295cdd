// A cursor over the bars of a chart: by the pointer, or by the arrow keys once the chart has the focus.

// `lines(bar)` says what a bar holds, `pick(bar)` is called on a click or Enter; both charts over time use it.
function cursorOver(node, scale, tip, { lines, pick, show }) {
  let current = null;
  const rest = () =>
    tip.replaceChildren(
      `Point at a bar or use the arrow keys to read it${pick ? "; a click or Enter lists its messages" : ""}.`,
    );
  rest();

  const move = (bar) => {
    if (bar === current) return;
    current = bar;
    show(bar);
    if (!bar) return rest();
    tip.replaceChildren(
      el("b", {}, `${period(bar.begin, bar.end)} UTC`),
      ...lines(bar).map((line) => el("span", {}, line)),
    );
  };

  node.addEventListener("pointermove", (event) => {
    const box = node.getBoundingClientRect();
    const drawnWidth = scale.left + scale.width + RIGHT;
    move(scale.barAt(((event.clientX - box.left) / box.width) * drawnWidth));
  });
  node.addEventListener("pointerleave", () => move(null));
  node.addEventListener("blur", () => move(null));
  node.addEventListener("click", (event) => {
    if (current && pick && !event.target.closest("a")) pick(current);
  });
  node.addEventListener("keydown", (event) => {
    const last = scale.bars.length - 1;
    const at = current ? current.at : -1;
    const next = {
      ArrowRight: Math.min(at + 1, last),
      ArrowLeft: at < 0 ? last : Math.max(at - 1, 0),
      Home: 0,
      End: last,
    }[event.key];
    if (next !== undefined) move(scale.bars[next]);
    else if (event.key === "Escape") move(null);
    else if (event.key === "Enter" && current && pick && event.target === node) pick(current);
    else return;
    event.preventDefault();
  });
}

// What the bars say is read out as well: the tip is a live region.
function tipBelow() {
  return el("div", { class: "tip", role: "status" });
}
