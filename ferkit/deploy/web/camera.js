// The visitor's camera, and one sentence for each way in which there is none.

export const UNPLUGGED = "The camera was unplugged or taken away. Connect it, then start again.";
const INSECURE = "A browser lends its camera only to pages from https or from localhost. Open this page that way.";
const REASONS = {
  NotAllowedError: "The camera is blocked for this page. Allow it in the browser's address bar, then start again.",
  NotFoundError: "No camera was found. Connect one, then start again.",
  OverconstrainedError: "No camera was found. Connect one, then start again.",
  NotReadableError: "The camera is in use by another program. Close that program, then start again.",
};

/** Play the camera in a <video> and return its stream; `unplugged()` is called when it goes. Throws an Error that says why not. */
export async function openCamera(video, unplugged) {
  if (!navigator.mediaDevices) throw new Error(INSECURE);
  let stream;
  try {
    const wanted = { facingMode: "user", width: { ideal: 640 }, height: { ideal: 480 } };
    stream = await navigator.mediaDevices.getUserMedia({ video: wanted, audio: false });
    Object.assign(video, { srcObject: stream, muted: true, playsInline: true });
    await video.play();
  } catch (error) {
    closeCamera(stream);
    throw new Error(REASONS[error.name] ?? `The camera cannot be used (${error.name}). Start again, or reload the page.`);
  }
  stream.getVideoTracks()[0].onended = unplugged;
  return stream;
}

export function closeCamera(stream) {
  stream?.getTracks().forEach((track) => {
    track.onended = null;
    track.stop();
  });
}
