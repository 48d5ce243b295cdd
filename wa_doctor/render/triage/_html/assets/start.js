// Brings the page to life; without it everything but the charts and the table of messages is there all the same.

const triage = recorded("triage");
const messages = allMessages();
const section = document.getElementById("messages");
const table = section ? new Table(messages, triage) : null;
const pick = table ? (kind, begin, end) => table.pick(kind, begin, end) : null;
const figure = (id) => document.getElementById(id);

offerThemes(figure("theme"));
if (figure("verdicts-chart")) verdictsChart(figure("verdicts-chart"), triage, pick);
if (figure("codes-chart")) codesChart(figure("codes-chart"), triage, pick);
if (figure("latency-chart")) latencyChart(figure("latency-chart"), triage.latency);
if (table) {
  table.attach(section);
  const follow = () => {
    const found = /^#message=(.*)$/.exec(location.hash);
    if (found) table.reveal(decoded(found[1]));
  };
  addEventListener("hashchange", follow);
  follow();
}
