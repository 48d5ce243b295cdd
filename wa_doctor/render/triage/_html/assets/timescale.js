// From hours to the bars of a chart: as many hours in one bar as the room asks for, hours without anything filled in.

const SPANS = [1, 2, 3, 4, 6, 8, 12, 24, 48, 168, 336, 672].map((hours) => hours * HOUR);
const STEPS = [1, 2, 3, 6, 12, 24, 48, 168, 336, 720, 1440, 2160, 4320, 8760].map((hours) => hours * HOUR);
const NARROWEST_BAR = 5;
const NARROWEST_LABEL = 72;

class Timescale {
  constructor(hours, left, width) {
    const [first, last] = [hours[0][0], hours.at(-1)[0] + HOUR];
    const room = Math.max(8, Math.floor(width / NARROWEST_BAR));
    const fits = (span) => Math.ceil(last / span) - Math.floor(first / span) <= room;
    this.span = SPANS.find(fits) ?? Math.ceil((last - first) / room / DAY) * DAY;
    this.begin = Math.floor(first / this.span) * this.span;
    this.end = Math.ceil(last / this.span) * this.span;
    this.left = left;
    this.width = width;
    this.bars = Array.from({ length: (this.end - this.begin) / this.span }, (_, at) => ({
      at,
      begin: this.begin + at * this.span,
      end: this.begin + (at + 1) * this.span,
      verdicts: [0, 0, 0, 0],
      codes: new Map(),
    }));
    for (const [start, failed, undelivered, accepted, delivered, codes] of hours) {
      const bar = this.bars[Math.floor((start - this.begin) / this.span)];
      [failed, undelivered, accepted, delivered].forEach((amount, at) => (bar.verdicts[at] += amount));
      for (const [code, amount] of codes) bar.codes.set(code, (bar.codes.get(code) ?? 0) + amount);
    }
  }

  x(time) {
    const inside = Math.min(Math.max(time, this.begin), this.end);
    return this.left + ((inside - this.begin) / (this.end - this.begin)) * this.width;
  }

  // The bar under a place of the chart.
  barAt(x) {
    const at = Math.floor(((x - this.left) / this.width) * this.bars.length);
    return this.bars[Math.min(Math.max(at, 0), this.bars.length - 1)];
  }

  // Left edge and width of a bar: not so wide that a log of one hour is a wall.
  edges(bar) {
    const whole = this.width / this.bars.length;
    const width = Math.max(1, Math.min(whole - (whole > 4 ? 1 : 0), 56));
    return [this.x(bar.begin) + (whole - width) / 2, width];
  }

  // Times to label, with the label: hours where there is room for them, the day where it begins.
  ticks() {
    const wanted = ((this.end - this.begin) / this.width) * NARROWEST_LABEL;
    const step = STEPS.find((each) => each >= wanted && each >= this.span) ?? Math.ceil(wanted / DAY) * DAY;
    const found = [];
    for (let time = Math.ceil(this.begin / step) * step; time <= this.end; time += step) {
      const newDay = step >= DAY || time % DAY === 0 || !found.length;
      const newYear = !found.length || clock(time).slice(0, 4) !== clock(found.at(-1).time).slice(0, 4);
      const below = newDay ? `${day(time)}${newYear ? ` ${clock(time).slice(0, 4)}` : ""}` : "";
      found.push({ time, label: step >= DAY ? below : clock(time).slice(11), below: step >= DAY ? "" : below });
    }
    return found;
  }
}
