// The messages as the program wrote them: arrays, in which a number mostly means a place in `values`.

const VALUES = recorded("values");
const READ = 1;
const CONFLICTING = 2;
const IN_FLIGHT = 4;

class Message {
  constructor(row, at) {
    this.row = row;
    this.at = at;
  }

  get id() {
    return this.row[0];
  }
  get verdict() {
    return this.row[1];
  }
  get why() {
    return VALUES[this.row[3]];
  }
  get recipient() {
    return VALUES[this.row[4]];
  }
  get region() {
    return VALUES[this.row[5]];
  }
  get number() {
    return VALUES[this.row[6]];
  }
  get template() {
    return VALUES[this.row[7]];
  }
  get category() {
    return VALUES[this.row[8]];
  }
  get codes() {
    return VALUES[this.row[9]];
  }
  get read() {
    return Boolean(this.row[10] & READ);
  }
  get conflicting() {
    return Boolean(this.row[10] & CONFLICTING);
  }
  get inFlight() {
    return Boolean(this.row[10] & IN_FLIGHT);
  }
  get latency() {
    return this.row[11];
  }
  get waiting() {
    return this.row[12];
  }
  get fix() {
    return VALUES[this.row[13]];
  }
  get reasons() {
    return VALUES[this.row[14]];
  }
  get repeats() {
    return this.row[15];
  }

  get first() {
    for (const [time] of this.row[2]) if (time !== null) return time;
    return null;
  }

  get events() {
    return this.row[2].map(([time, status, code = null, subcode = null, repeated = 0, note = null]) => ({
      time,
      status: VALUES[status],
      code,
      subcode,
      repeated,
      note: note === null ? "" : VALUES[note],
    }));
  }

  // Made once a message is searched for, because most are not.
  get words() {
    this.cached ??= [
      this.id,
      this.recipient,
      this.region,
      this.number,
      this.template,
      this.category,
      ...this.codes.map(([code, subcode, title]) => `${coded(code, subcode)} ${title}`),
      this.why,
      clock(this.first),
    ]
      .join("\n")
      .toLowerCase();
    return this.cached;
  }

  failedWithin(begin, end) {
    return this.row[2].some(([time, status]) => VALUES[status] === "failed" && time >= begin && time < end);
  }
}

function allMessages() {
  const found = [];
  for (const element of document.querySelectorAll("script.messages")) {
    for (const row of JSON.parse(element.textContent)) found.push(new Message(row, found.length));
    element.remove(); // the text is not needed any more, and there may be a hundred megabytes of it
  }
  return found;
}
