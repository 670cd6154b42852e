// The points on WebGL2, or on a plain canvas where there is none: `points(canvas)` gives {place, look, draw, close}.

const VERTEX = `#version 300 es
in vec2 place;
in vec4 look;
uniform vec2 centre, zoom;
uniform float size, faint;
out vec4 colour;
flat out float side, wrong;
void main() {
  int bits = int(look.a + 0.5);
  bool dim = (bits & 2) != 0;
  wrong = (bits & 4) != 0 ? 1.0 : 0.0;
  side = size * (wrong > 0.5 ? 1.3 : 1.0) * (dim ? 0.85 : 1.0);
  gl_Position = vec4((place - centre) * zoom, 0.0, 1.0);
  gl_PointSize = side + 1.0;
  colour = vec4(dim ? vec3(0.545, 0.576, 0.655) : look.rgb / 255.0, dim ? faint : 0.82);
}`;
const FRAGMENT = `#version 300 es
precision mediump float;
in vec4 colour;
flat in float side, wrong;
out vec4 pixel;
void main() {
  vec2 at = (gl_PointCoord * 2.0 - 1.0) * (side + 1.0) / side;
  // a disc, or a triangle that points upwards
  float far = wrong > 0.5 ? max(abs(at.x) * 1.2 - at.y * 0.6 + 0.4, at.y * 1.15) : length(at);
  float share = 1.0 - smoothstep(1.0 - 2.0 / side, 1.0, far);
  pixel = vec4(colour.rgb, 1.0) * (colour.a * share);
}`;

function points(canvas) {
  const gl = canvas.getContext("webgl2", { antialias: false, premultipliedAlpha: true });
  return gl ? onGl(gl) : onCanvas(canvas);
}

function onGl(gl) {
  const program = gl.createProgram();
  for (const [kind, text] of [[gl.VERTEX_SHADER, VERTEX], [gl.FRAGMENT_SHADER, FRAGMENT]]) {
    const shader = gl.createShader(kind);
    gl.shaderSource(shader, text);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS)) throw new Error(gl.getProgramInfoLog(program));
  gl.useProgram(program);
  const uniform = Object.fromEntries(["centre", "zoom", "size", "faint"].map((name) => [name, gl.getUniformLocation(program, name)]));
  const [places, looks, order] = [gl.createBuffer(), gl.createBuffer(), gl.createBuffer()];
  const attribute = (name, buffer, length, kind) => {
    gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
    const at = gl.getAttribLocation(program, name);
    gl.enableVertexAttribArray(at);
    gl.vertexAttribPointer(at, length, kind, false, 0, 0);
  };
  attribute("place", places, 2, gl.FLOAT);
  attribute("look", looks, 4, gl.UNSIGNED_BYTE);
  gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, order);
  gl.enable(gl.BLEND);
  gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
  let count = 0;
  return {
    kind: "webgl2",
    place: (xy) => (gl.bindBuffer(gl.ARRAY_BUFFER, places), gl.bufferData(gl.ARRAY_BUFFER, xy, gl.STATIC_DRAW)),
    look(bytes, rows) {
      gl.bindBuffer(gl.ARRAY_BUFFER, looks);
      gl.bufferData(gl.ARRAY_BUFFER, bytes, gl.DYNAMIC_DRAW);
      gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, rows, gl.DYNAMIC_DRAW);
      count = rows.length;
    },
    draw({ cx, cy, scale, width, height, ratio, size, faint }) {
      gl.viewport(0, 0, width * ratio, height * ratio);
      gl.clearColor(0, 0, 0, 0);
      gl.clear(gl.COLOR_BUFFER_BIT);
      gl.uniform2f(uniform.centre, cx, cy);
      gl.uniform2f(uniform.zoom, (2 * scale) / width, (2 * scale) / height);
      gl.uniform1f(uniform.size, size * ratio);
      gl.uniform1f(uniform.faint, faint);
      if (count) gl.drawElements(gl.POINTS, count, gl.UNSIGNED_INT, 0);
    },
    close: () => gl.getExtension("WEBGL_lose_context")?.loseContext(),
  };
}

function onCanvas(canvas) {
  const context = canvas.getContext("2d");
  let xy = new Float32Array(), looks = new Uint8Array(), rows = new Uint32Array();
  return {
    kind: "2d",
    place: (places) => (xy = places),
    look: (bytes, order) => ([looks, rows] = [bytes, order]),
    draw({ cx, cy, scale, width, height, ratio, size, faint }) {
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      context.clearRect(0, 0, width, height);
      for (const i of rows) {
        const x = width / 2 + (xy[2 * i] - cx) * scale;
        const y = height / 2 - (xy[2 * i + 1] - cy) * scale;
        if (x < -size || y < -size || x > width + size || y > height + size) continue;
        const dim = looks[4 * i + 3] & 2;
        context.globalAlpha = dim ? faint : 0.82;
        context.fillStyle = dim ? "#8b93a7" : `rgb(${looks[4 * i]},${looks[4 * i + 1]},${looks[4 * i + 2]})`;
        context.fillRect(x - size / 2, y - size / 2, size, size);
      }
      context.globalAlpha = 1;
    },
    close: () => {},
  };
}

// The rows that are drawn, dimmed ones first and so below.
function drawOrder(looks) {
  const n = looks.length / 4;
  const rows = new Uint32Array(n);
  let count = 0;
  for (const dim of [DIM, 0]) for (let i = 0; i < n; i++) if (looks[4 * i + 3] & SHOWN && (looks[4 * i + 3] & DIM) === dim) rows[count++] = i;
  return rows.subarray(0, count);
}
