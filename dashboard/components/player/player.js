// A video with boxes over its faces, the faces to choose from, the probabilities of the chosen one over time, and the strongest moments.
const REACH = 0.5; // seconds around a moment that is taken as neutral
const TALL = 560; // pixels: no picture is higher

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
  reading.faces.forEach((face) => Object.assign(face, { read: face.probabilities, neutral: null }));
  root.leave = play(root, reading, blob);
  return leave;
}

// Fill the root; returns what to do when it is left.
function play(root, reading, blob) {
  let chosen = reading.faces[0];
  const video = make("video", "");
  video.controls = video.playsInline = true;
  video.preload = "auto";
  video.src = URL.createObjectURL(blob);
  const canvas = make("canvas", "");
  const stage = make("div", "stage");
  stage.style.aspectRatio = `${reading.width} / ${reading.height}`;
  stage.style.maxWidth = `${(TALL * reading.width) / reading.height}px`;
  stage.append(video, canvas);

  const seek = (time) => {
    video.pause();
    video.currentTime = time;
  };
  const timeline = new Timeline(reading, seek);
  const boxes = () => drawBoxes(canvas, reading, chosen, video.currentTime);
  const move = () => {
    timeline.follow(video.currentTime);
    moment.textContent = `Explain second ${video.currentTime.toFixed(1)}`;
    boxes();
  };
  const redraw = () => {
    for (const face of reading.faces) {
      face.probabilities = correct(face.read, mix.value ? reading.trained : null, face.neutral, reading.typical);
      face.smooth = smooth(face, Number(calm.value));
    }
    neutral.textContent = chosen.neutral ? `Undo: neutral at ${clock(chosen.neutralAt)}` : "Take this moment as neutral";
    neutral.setAttribute("aria-pressed", Boolean(chosen.neutral));
    calm.nextElementSibling.textContent = `${Number(calm.value).toFixed(1)} s`;
    timeline.show(chosen);
    move();
  };

  const calm = make("input", "");
  Object.assign(calm, { type: "range", min: 0, max: 1.5, step: 0.1, value: reading.smoothing, oninput: redraw });
  calm.setAttribute("aria-label", "Smoothing in seconds");
  const smoothing = labelled("Smoothing", calm, make("output", ""));
  const mix = make("select", "");
  mix.append(new Option("as in training", ""), new Option("all equally frequent", "equal"));
  mix.setAttribute("aria-label", "Emotions expected");
  mix.onchange = redraw;
  const neutral = make("button", "explain");
  neutral.title = "The face at this moment becomes a typical neutral one: readings say how it changes against it";
  neutral.onclick = () => {
    chosen.neutral = chosen.neutral ? null : logMean(chosen, video.currentTime, REACH);
    chosen.neutralAt = video.currentTime;
    redraw();
  };
  const moment = make("button", "explain");
  moment.onclick = () => {
    video.pause();
    const corrected = Boolean(mix.value || reading.faces.some((face) => face.neutral));
    root.explain(Math.round(1000 * video.currentTime) / 1000, Number(calm.value), corrected);
  };

  const [main, side, below] = [make("div", "main"), make("div", "side"), make("div", "below")];
  main.append(stage, below);
  below.append(moment);
  root.replaceChildren(main, side);
  if (reading.faces.length) {
    below.append(smoothing);
    if (reading.typical) below.append(neutral);
    if (reading.trained) below.append(labelled("Emotions expected", mix));
    if (reading.faces.length > 1) side.append(...faceTiles(reading, (face) => ((chosen = face), redraw())));
    side.append(...timeline.nodes, make("h4", "", "The strongest moment of each emotion"), peakTiles(reading, seek));
    redraw();
  }

  const sizes = new ResizeObserver(boxes);
  sizes.observe(stage);
  video.onseeked = video.onloadeddata = move;
  const rest = followed(video, move);
  return () => {
    rest();
    sizes.disconnect();
    URL.revokeObjectURL(video.src);
  };
}

// Faces to choose from under a heading; the first one is.
function faceTiles(reading, choose) {
  const all = reading.faces.length;
  const heading = all > reading.several ? `The ${reading.several} longest on screen of ${all} faces` : "Faces, the longest on screen first";
  const row = make("div", "tiles");
  for (const face of reading.faces.slice(0, reading.several)) {
    const button = tile(face.picture, `Face ${face.face}`, face.note, `Face ${face.face}: ${face.note}`, () => {
      [...row.children].forEach((other) => press(other, other === button));
      choose(face);
    });
    press(button, face === reading.faces[0]);
    row.append(button);
  }
  return [make("h4", "", heading), row];
}

function peakTiles(reading, seek) {
  const row = make("div", "tiles");
  for (const { emotion, face, time, picture } of reading.peaks) {
    const note = `${reading.faces.length > 1 ? `face ${face}, ` : ""}${clock(time)}`;
    const button = tile(picture, emotion, note, `The strongest ${emotion}: ${note}`, () => seek(time));
    button.style.setProperty("--colour", reading.colours[reading.classes.indexOf(emotion)]);
    row.append(button);
  }
  return row;
}

// Call `move` frame by frame where the browser announces frames, else as often as it paints; returns what ends it.
function followed(video, move) {
  let following = true;
  const follow = () => {
    if (!following) return;
    move();
    video.requestVideoFrameCallback ? video.requestVideoFrameCallback(follow) : requestAnimationFrame(follow);
  };
  follow();
  return () => (following = false);
}
