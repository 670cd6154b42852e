// The probabilities of one face over time: a stacked area as wide as there is room; names and ticks are plain HTML over it,
// so that nothing is stretched. Under it what the areas do not say: where the face is gone, and where the answer is unsure.
const STEP = 0.1; // seconds between two points
const MOST_POINTS = 900;
const TICKS = [0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600]; // seconds from one to the next
const [UNSURE, GONE] = [-1, -2]; // states of a face besides its classes

class Timeline {
  constructor(reading, seek) {
    this.reading = reading;
    this.long = Math.max(reading.seconds, STEP);
    this.title = make("h4", "");
    this.chart = make("div", "chart");
    this.areas = draw("svg", { viewBox: "0 0 1000 100", preserveAspectRatio: "none", "aria-hidden": "true" });
    this.cursor = make("div", "cursor");
    this.tooltip = make("div", "tooltip");
    this.chart.append(this.areas, this.cursor, this.tooltip);
    this.chart.setAttribute("role", "img");
    this.strip = make("div", "strip");
    this.legend = make("div", "legend");
    this.plot = make("div", "plot");
    const scale = make("div", "scale");
    scale.append(...["100%", "50%", "0"].map((text) => make("span", "", text)));
    const unit = make("div", "unit", reading.seconds < 60 ? "time (seconds)" : "time (minutes:seconds)");
    this.plot.append(scale, this.chart, this.strip, ticks(reading.seconds), unit);
    this.chart.onpointerdown = (event) => (this.chart.setPointerCapture(event.pointerId), seek(this.timeAt(event)));
    this.chart.onpointermove = (event) => {
      this.point(this.timeAt(event));
      if (event.buttons) seek(this.timeAt(event));
    };
  }

  get nodes() {
    return [this.title, this.plot, this.legend];
  }

  show(face) {
    const { reading } = this;
    this.face = face;
    const points = Math.min(MOST_POINTS, Math.max(2, Math.ceil(this.long / STEP)));
    const moments = Array.from({ length: points + 1 }, (_, n) => at(face, (this.long * n) / points)?.shown ?? null);
    this.areas.replaceChildren(...areas(moments, reading.classes.length).map((d, k) => draw("path", { d, fill: reading.colours[k] })));
    const states = moments.map((shown) => (!shown ? GONE : shown[top(shown)] < reading.confident ? UNSURE : top(shown)));
    this.strip.replaceChildren(...stretches(states));
    this.legend.replaceChildren(...shares(reading, states));
    this.title.textContent = reading.faces.length > 1 ? `Probabilities of face ${face.face} over time` : "Probabilities over time";
    this.chart.setAttribute("aria-label", `${this.title.textContent}: probability of each emotion, second by second`);
  }

  follow(time) {
    this.cursor.style.left = `${(100 * time) / this.long}%`;
  }

  timeAt(event) {
    const { left, width } = this.chart.getBoundingClientRect();
    return (this.reading.seconds * Math.min(width, Math.max(0, event.clientX - left))) / width;
  }

  // Says what the face shows at that time.
  point(time) {
    const { classes } = this.reading;
    const shown = at(this.face, time)?.shown;
    const best = shown && classes.map((name, k) => [name, shown[k]]).sort((a, b) => b[1] - a[1]).slice(0, 3);
    this.tooltip.textContent = `${time.toFixed(1)} s: ${best ? best.map(([name, share]) => `${name} ${percent(share)}`).join(", ") : "not in the frame"}`;
    this.tooltip.style.left = `${(100 * time) / this.long}%`;
    this.tooltip.classList.toggle("turned", time > this.long / 2);
  }
}

// A path for each class, one on top of the other, broken where the face is gone.
function areas(moments, classes) {
  const across = (n) => ((1000 * n) / (moments.length - 1)).toFixed(1);
  const high = (share) => (100 - 100 * share).toFixed(2);
  const below = (shown, k) => shown.slice(0, k).reduce((sum, p) => sum + p, 0);
  return Array.from({ length: classes }, (_, k) => {
    let [path, run] = ["", []];
    const close = () => {
      const line = (points) => points.join("L");
      const [lower, upper] = [run.map(([x, low]) => `${x} ${low}`), run.map(([x, , up]) => `${x} ${up}`)];
      if (run.length > 1) path += `M${line(lower)}L${line(upper.reverse())}Z`;
      run = [];
    };
    moments.forEach((shown, n) => (shown ? run.push([across(n), high(below(shown, k)), high(below(shown, k + 1))]) : close()));
    close();
    return path;
  });
}

// A bar for each stretch without the face or without a sure answer.
function stretches(states) {
  const bars = [];
  for (let n = 0; n < states.length; ) {
    const begin = n;
    while (n < states.length && states[n] === states[begin]) n++;
    if (states[begin] >= 0) continue;
    const bar = make("span", states[begin] === GONE ? "gone" : "unsure");
    bar.style.left = `${(100 * begin) / states.length}%`;
    bar.style.width = `${(100 * (n - begin)) / states.length}%`;
    bars.push(bar);
  }
  return bars;
}

// The legend: what share of its time the face shows each emotion.
function shares({ classes, colours, confident }, states) {
  const there = states.filter((state) => state !== GONE);
  const share = (state, of) => percent(of.filter((other) => other === state).length / Math.max(1, of.length));
  const entries = classes.map((name, k) => {
    const entry = make("span", "", `${name} ${share(k, there)}`);
    entry.style.setProperty("--colour", colours[k]);
    return entry;
  });
  if (confident > 0) entries.push(make("span", "unsure", `unsure (below ${percent(Math.min(1, confident))}) ${share(UNSURE, there)}`));
  return [make("b", "", "share of the face’s time"), ...entries, make("span", "gone", `not in the frame, of the whole video ${share(GONE, states)}`)];
}

function ticks(seconds) {
  const row = make("div", "ticks");
  const step = TICKS.find((step) => seconds / step <= 7) ?? TICKS.at(-1);
  for (let time = 0; time <= seconds; time += step) {
    const tick = make("span", "", seconds < 60 ? String(time) : clock(time));
    tick.style.left = `${(100 * time) / seconds}%`;
    row.append(tick);
  }
  return row;
}
