// Functions that run in the page, for checking that a video is moving.

/**
 * Returns whether a video decodes at least three different frames within so many milliseconds.
 */
export function isMoving(element: Element, milliseconds: number): Promise<boolean> {
  const video = element as HTMLVideoElement;
  const canvas = document.createElement("canvas");
  canvas.width = 64;
  canvas.height = 48;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  const seen = new Set<string>();
  const decodedBefore = video.getVideoPlaybackQuality().totalVideoFrames;
  return new Promise((done) => {
    const tooLate = setTimeout(() => done(false), milliseconds);
    const look = (): void => {
      context?.drawImage(video, 0, 0, canvas.width, canvas.height);
      const { data = [] } = context?.getImageData(0, 0, canvas.width, canvas.height) ?? {};
      seen.add(data.join());
      const decoded = video.getVideoPlaybackQuality().totalVideoFrames - decodedBefore;
      if (seen.size < 3 || decoded < 3) {
        video.requestVideoFrameCallback(look);
        return;
      }
      clearTimeout(tooLate);
      done(true);
    };
    video.requestVideoFrameCallback(look);
  });
}

/**
 * Returns the milliseconds from the next click to the first decoded frame of the video with
 * this label.
 */
export function timeToFirstFrame(label: string): Promise<number> {
  return new Promise((done) => {
    const look = (clickedAt: number): void => {
      const video = document.querySelector<HTMLVideoElement>(`video[aria-label="${label}"]`);
      if (video !== null && video.getVideoPlaybackQuality().totalVideoFrames > 0) {
        done(performance.now() - clickedAt);
      } else {
        setTimeout(look, 5, clickedAt);
      }
    };
    addEventListener("click", (event) => look(event.timeStamp), { capture: true, once: true });
  });
}
