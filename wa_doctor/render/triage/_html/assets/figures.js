// Figures and times as the text of the page writes them.

const HOUR = 3600;
const DAY = 86400;
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

const grouped = new Intl.NumberFormat("en-GB").format;

function counted(number, one, many = `${one}s`) {
  return `${grouped(number)} ${number === 1 ? one : many}`;
}

function percent(part, whole) {
  if (!whole) return "0.0%";
  const share = part / whole;
  if (share > 0 && share < 0.001) return "<0.1%";
  if (share > 0.999 && share < 1) return ">99.9%";
  return `${(share * 100).toFixed(1)}%`;
}

function clock(time, seconds = false) {
  if (time === null) return "time unknown";
  return new Date(time * 1000)
    .toISOString()
    .slice(0, seconds ? 19 : 16)
    .replace("T", " ");
}

function day(time) {
  const date = new Date(time * 1000);
  return `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]}`;
}

function period(begin, end) {
  const [from, to] = [clock(begin), clock(end)];
  if (from === to) return from;
  return `${from} to ${from.slice(0, 10) === to.slice(0, 10) ? to.slice(11) : to}`;
}

function lasting(seconds) {
  if (seconds < 0) return `-${lasting(-seconds)}`;
  const days = Math.floor(seconds / DAY);
  const units = [
    [days, days === 1 ? "day" : "days"],
    [Math.floor((seconds % DAY) / HOUR), "h"],
    [Math.floor((seconds % HOUR) / 60), "min"],
    [seconds % 60, "s"],
  ];
  const first = units.findIndex(([amount]) => amount);
  if (first < 0) return "0 s";
  return units
    .slice(first, first + 2)
    .filter(([amount]) => amount)
    .map(([amount, unit]) => `${amount} ${unit}`)
    .join(" ");
}

// The beginning and the end of an id; in the middle all of them look alike.
function clipped(id) {
  return id.length > 30 ? `${id.slice(0, 11)}\u2026${id.slice(-16)}` : id;
}

// An error code with its subcode, where there is one.
function coded(code, subcode) {
  return subcode === null || subcode === undefined ? String(code) : `${code}/${subcode}`;
}
