// A video with boxes over its faces, the faces to choose from, the probabilities of the chosen one over time, and the strongest moments.
const STEP = 0.1; // seconds between two points of the timeline
const [UNSURE, GONE] = [-1, -2]; // states of a face besides its classes
const REACH = 0.5; // seconds around a moment that is taken as neutral

const make = (tag, name, text = "") => {
  const made = document.createElement(tag);
  made.className = name;
  made.textContent = text;
  return made;
};
const draw = (tag, settings) => {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  Object.entries(settings).forEach(([name, value]) => made.setAttribute(name, value));
  return made;
};
const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;
const percent = (share) => `${Math.round(100 * share)}%`;
const first = (values, at) => {
  // the first index whose value is above `at`
  let [low, high] = [0, values.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    values[middle] > at ? (high = middle) : (low = middle + 1);
  }
  return low;
};

function unpack(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getUint32(0, true);
  const reading = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
  const film = bytes.subarray(4 + length);
  return [reading, new Blob([film], { type: film[0] === 0x1a ? "video/webm" : "video/mp4" })];
}

// Each reading as the mean of its face's readings at most 4 sigma away, weighted by a Gaussian: as `smoothed` in ferkit/predict/timeline.py.
function smooth(face, sigma) {
  if (sigma <= 0) return face.probabilities;
  const { times, probabilities } = face;
  return times.map((time, i) => {
    const sum = probabilities[i].map(() => 0);
    let total = 0;
    for (let j = first(times, time - 4 * sigma); j < times.length && times[j] <= time + 4 * sigma; j++) {
      const weight = Math.exp(-0.5 * ((times[j] - time) / sigma) ** 2);
      probabilities[j].forEach((p, k) => (sum[k] += weight * p));
      total += weight;
    }
    return sum.map((p) => p / total);
  });
}

// A face's box and probabilities at a moment, interpolated between its readings; null where it is not in the frame.
function at(face, time) {
  const i = first(face.times, time + 1e-3) - 1;
  if (i < 0 || time >= face.until[i]) return null;
  const next = face.times[i + 1];
  if (next === undefined || face.until[i] < next) return { box: face.boxes[i], shown: face.smooth[i] };
  const share = Math.max(0, (time - face.times[i]) / (next - face.times[i]));
  const mix = (a, b) => a.map((value, k) => value + share * (b[k] - value));
  return { box: mix(face.boxes[i], face.boxes[i + 1]), shown: mix(face.smooth[i], face.smooth[i + 1]) };
}

export default function (component) {
  const root = component.parentElement.querySelector(".player");
  root.explain = (...moment) => component.setTriggerValue("moment", moment);
  const turn = (root.turn = (root.turn ?? 0) + 1);
  const leave = () => {
    if (root.turn !== turn) return; // a later one took over
    root.leave();
    root.digest = "";
  };
  const [reading, blob] = unpack(component.data);
  if (root.digest === reading.digest) return leave;
  root.leave?.();
  root.digest = reading.digest;

  const video = make("video", "");
  video.controls = video.playsInline = true;
  video.preload = "auto";
  video.src = URL.createObjectURL(blob);
  const canvas = make("canvas", "");
  const stage = make("div", "stage");
  stage.style.aspectRatio = `${reading.width} / ${reading.height}`;
  stage.style.maxWidth = `${(560 * reading.width) / reading.height}px`;
  stage.append(video, canvas);
  const [main, side] = [make("div", "main"), make("div", "side")];
  main.append(stage);
  root.replaceChildren(main, side);

  reading.faces.forEach((face) => Object.assign(face, { read: face.probabilities, neutral: null }));
  let chosen = reading.faces[0];
  const top = (shown) => shown.indexOf(Math.max(...shown));

  const boxes = () => {
    const [width, height] = [(canvas.width = stage.clientWidth * devicePixelRatio), (canvas.height = stage.clientHeight * devicePixelRatio)];
    const brush = canvas.getContext("2d");
    const unit = devicePixelRatio;
    brush.font = `600 ${13 * unit}px ${getComputedStyle(root).fontFamily}`;
    const there = reading.faces.map((face) => ({ face, now: at(face, video.currentTime) })).filter(({ now }) => now);
    const labels = there.map(({ face, now }) => {
      const best = top(now.shown);
      const text = `${reading.faces.length > 1 ? face.face + " · " : ""}${reading.classes[best]} ${percent(now.shown[best])}`;
      return { face, best, text, box: [now.box[0] * width, now.box[1] * height, now.box[2] * width, now.box[3] * height] };
    });
    const crowded = labels.length > 1 && labels.some(({ text, box }) => brush.measureText(text).width > 1.5 * box[2]);
    labels.sort((a, b) => (a.face === chosen) - (b.face === chosen)); // the chosen face over the others
    labels.forEach(({ face, best, text, box: [x, y, w, h] }) => {
      brush.lineWidth = 5 * unit;
      brush.strokeStyle = "#0009";
      brush.strokeRect(x, y, w, h);
      brush.lineWidth = (face === chosen ? 3 : 2) * unit;
      brush.strokeStyle = reading.colours[best];
      brush.strokeRect(x, y, w, h);
      const label = crowded && face !== chosen ? String(face.face) : text;
      const wide = brush.measureText(label).width + 14 * unit;
      const [left, above] = [Math.max(0, Math.min(x, width - wide)), Math.max(0, y - 25 * unit)];
      brush.fillStyle = "#000b";
      brush.fillRect(left, above, wide, 22 * unit);
      brush.fillStyle = reading.colours[best];
      brush.fillRect(left, above, 4 * unit, 22 * unit);
      brush.fillStyle = "#fff";
      brush.fillText(label, left + 9 * unit, above + 15.5 * unit);
    });
  };

  // the timeline: a stacked area as wide as there is room; names and ticks are plain HTML over it, so that nothing is stretched
  const chart = make("div", "chart");
  const areas = draw("svg", { viewBox: `0 0 1000 100`, preserveAspectRatio: "none", "aria-hidden": "true" });
  const cursor = make("div", "cursor");
  const tooltip = make("div", "tooltip");
  const title = make("h4", "");
  const legend = make("div", "legend");
  chart.append(areas, cursor, tooltip);
  const strip = make("div", "strip"); // what the areas do not say: where the face is gone, and where the answer is unsure
  const stretches = (states) => {
    strip.replaceChildren();
    for (let n = 0; n < states.length; ) {
      const begin = n;
      while (n < states.length && states[n] === states[begin]) n++;
      if (states[begin] >= 0) continue;
      const part = make("span", states[begin] === GONE ? "gone" : "unsure");
      part.style.left = `${(100 * begin) / states.length}%`;
      part.style.width = `${(100 * (n - begin)) / states.length}%`;
      strip.append(part);
    }
  };
  const timeShares = (states) => {
    const there = states.filter((state) => state !== GONE);
    const share = (state, of) => percent(of.filter((other) => other === state).length / Math.max(1, of.length));
    legend.replaceChildren(
      ...reading.classes.map((name, k) => {
        const entry = make("span", "", `${name} ${share(k, there)}`);
        entry.style.setProperty("--colour", reading.colours[k]);
        return entry;
      }),
    );
    if (reading.confident > 0) legend.append(make("span", "unsure", `unsure (below ${percent(Math.min(1, reading.confident))}) ${share(UNSURE, there)}`));
    legend.append(make("span", "gone", `not in the frame, of the whole video ${share(GONE, states)}`));
  };
  const timeline = () => {
    const long = Math.max(reading.seconds, 0.1);
    const groups = reading.classes.map(() => []);
    const points = Math.min(900, Math.max(2, Math.ceil(long / STEP)));
    const states = [];
    for (let n = 0; n <= points; n++) {
      const time = (long * n) / points;
      const now = at(chosen, time);
      const best = now && top(now.shown);
      states.push(!now ? GONE : now.shown[best] < reading.confident ? UNSURE : best);
      let sum = 0;
      reading.classes.forEach((_, k) => {
        const low = sum;
        sum += now ? now.shown[k] : 0;
        groups[k].push(now ? [(1000 * n) / points, 100 - 100 * low, 100 - 100 * sum] : null);
      });
    }
    areas.replaceChildren(
      ...groups.map((group, k) => {
        let path = "", run = [];
        const close = () => {
          if (run.length > 1) path += `M${run.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(2)}`).join("L")}L${[...run].reverse().map(([x, , y]) => `${x.toFixed(1)} ${y.toFixed(2)}`).join("L")}Z`;
          run = [];
        };
        group.forEach((point) => (point ? run.push(point) : close()));
        close();
        return draw("path", { d: path, fill: reading.colours[k] });
      }),
    );
    stretches(states);
    timeShares(states);
    title.textContent = reading.faces.length > 1 ? `Probabilities of face ${chosen.face} over time` : "Probabilities over time";
    chart.setAttribute("role", "img");
    chart.setAttribute("aria-label", `${title.textContent}: probability of each emotion, second by second`);
  };
  const move = () => {
    cursor.style.left = `${(100 * video.currentTime) / Math.max(reading.seconds, 0.1)}%`;
    moment.textContent = `Explain second ${video.currentTime.toFixed(1)}`;
    boxes();
  };
  const seek = (time) => {
    video.pause();
    video.currentTime = time;
  };
  const where = (event) => {
    const { left, width } = chart.getBoundingClientRect();
    return (reading.seconds * Math.min(width, Math.max(0, event.clientX - left))) / width;
  };
  chart.onpointerdown = (event) => (chart.setPointerCapture(event.pointerId), seek(where(event)));
  chart.onpointermove = (event) => {
    const time = where(event);
    const now = at(chosen, time);
    const best = now && reading.classes.map((name, k) => [name, now.shown[k]]).sort((a, b) => b[1] - a[1]).slice(0, 3);
    tooltip.textContent = `${time.toFixed(1)} s: ${best ? best.map(([name, share]) => `${name} ${percent(share)}`).join(", ") : "not in the frame"}`;
    tooltip.style.left = `${(100 * time) / reading.seconds}%`;
    tooltip.classList.toggle("turned", time > reading.seconds / 2);
    if (event.buttons) seek(time);
  };
  const ticks = make("div", "ticks");
  const wide = [0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800].find((step) => reading.seconds / step <= 7) ?? 3600;
  for (let time = 0; time <= reading.seconds; time += wide) {
    const tick = make("span", "", reading.seconds < 60 ? String(time) : clock(time));
    tick.style.left = `${(100 * time) / reading.seconds}%`;
    ticks.append(tick);
  }
  const scale = make("div", "scale");
  ["100%", "50%", "0"].forEach((text) => scale.append(make("span", "", text)));
  const plot = make("div", "plot");
  plot.append(scale, chart, strip, ticks, make("div", "unit", reading.seconds < 60 ? "time (seconds)" : "time (minutes:seconds)"));

  const tile = (picture, words, note, label, act) => {
    const button = make("button", "tile");
    const image = make("img", "");
    image.src = picture;
    image.alt = "";
    const text = make("span", "");
    text.append(make("b", "", words), make("small", "", note));
    button.append(image, text);
    button.setAttribute("aria-label", label);
    button.onclick = act;
    return button;
  };
  const press = (button, is) => {
    button.classList.toggle("chosen", is);
    button.setAttribute("aria-pressed", is);
  };
  const choose = make("div", "tiles");
  const redraw = () => {
    reading.faces.forEach((face) => {
      face.probabilities = correct(face.read, mix.value ? reading.trained : null, face.neutral, reading.typical);
      face.smooth = smooth(face, Number(calm.value));
    });
    neutral.textContent = chosen.neutral ? `Undo: neutral at ${clock(chosen.neutralAt)}` : "Take this moment as neutral";
    neutral.setAttribute("aria-pressed", Boolean(chosen.neutral));
    calm.nextElementSibling.textContent = `${Number(calm.value).toFixed(1)} s`;
    timeline();
    move();
  };
  reading.faces.slice(0, reading.several).forEach((face) => {
    const button = tile(face.picture, `Face ${face.face}`, face.note, `Face ${face.face}: ${face.note}`, () => {
      chosen = face;
      [...choose.children].forEach((other) => press(other, other === button));
      redraw();
    });
    press(button, face === chosen);
    choose.append(button);
  });
  const best = make("div", "tiles");
  reading.peaks.forEach(({ emotion, face, time, picture }) => {
    const note = `${reading.faces.length > 1 ? `face ${face}, ` : ""}${clock(time)}`;
    const button = tile(picture, emotion, note, `The strongest ${emotion}: ${note}`, () => seek(time));
    button.style.setProperty("--colour", reading.colours[reading.classes.indexOf(emotion)]);
    best.append(button);
  });
  const calm = make("input", "");
  Object.assign(calm, { type: "range", min: 0, max: 1.5, step: 0.1, value: reading.smoothing, oninput: redraw });
  calm.setAttribute("aria-label", "Smoothing in seconds");
  const smoothing = make("label", "smoothing", "Smoothing");
  smoothing.append(calm, make("output", ""));
  const moment = make("button", "explain");
  const corrected = () => Boolean(mix.value || reading.faces.some((face) => face.neutral));
  moment.onclick = () => (video.pause(), root.explain(Math.round(1000 * video.currentTime) / 1000, Number(calm.value), corrected()));
  const neutral = make("button", "explain");
  neutral.title = "The face at this moment becomes a typical neutral one: readings say how it changes against it";
  neutral.onclick = () => {
    chosen.neutral = chosen.neutral ? null : logMean(chosen, video.currentTime, REACH);
    chosen.neutralAt = video.currentTime;
    redraw();
  };
  const mix = make("select", "");
  mix.append(new Option("as in training", ""), new Option("all equally frequent", "equal"));
  mix.setAttribute("aria-label", "Emotions expected");
  mix.onchange = redraw;
  const expecting = make("label", "smoothing", "Emotions expected");
  expecting.append(mix);
  const below = make("div", "below");
  below.append(moment);
  main.append(below);
  if (reading.faces.length) {
    below.append(smoothing);
    if (reading.typical) below.append(neutral);
    if (reading.trained) below.append(expecting);
    if (reading.faces.length > 1) side.append(make("h4", "", reading.faces.length > reading.several ? `The ${reading.several} longest on screen of ${reading.faces.length} faces` : "Faces, the longest on screen first"), choose);
    side.append(title, plot, legend, make("h4", "", "The strongest moment of each emotion"), best);
  }

  // follow the video frame by frame where the browser announces frames, else as often as it paints
  let following = true;
  const follow = () => {
    if (!following) return;
    move();
    video.requestVideoFrameCallback ? video.requestVideoFrameCallback(follow) : requestAnimationFrame(follow);
  };
  video.onseeked = video.onloadeddata = move;
  const sizes = new ResizeObserver(boxes);
  sizes.observe(stage);
  root.leave = () => {
    following = false;
    sizes.disconnect();
    URL.revokeObjectURL(video.src);
  };
  if (reading.faces.length) redraw();
  follow();
  return leave;
}
