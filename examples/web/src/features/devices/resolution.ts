// The resolution of the camera.

/** `auto` suits a call of several people. */
export const RESOLUTIONS = ["auto", "360p", "720p", "1080p"] as const;

export type Resolution = (typeof RESOLUTIONS)[number];

export const isResolution = (value: unknown): value is Resolution =>
  RESOLUTIONS.some((one) => one === value);

/** Each member gets a separately encoded video, which limits the resolution for many. */
const AUTO_HEIGHT = 540;

const HEIGHTS: Readonly<Record<Resolution, number>> = {
  auto: AUTO_HEIGHT,
  "360p": 360,
  "720p": 720,
  "1080p": 1080,
};

/** Returns the constraints for a camera; one without this resolution uses the nearest. */
export function cameraConstraints(resolution: Resolution): MediaTrackConstraints {
  const height = HEIGHTS[resolution];
  return {
    width: { ideal: (height * 16) / 9 },
    height: { ideal: height },
    frameRate: { ideal: 24 },
  };
}
