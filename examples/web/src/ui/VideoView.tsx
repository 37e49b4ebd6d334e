// A moving picture without its sound, which is played elsewhere.

import { useCallback } from "react";

interface PictureProps {
  readonly stream: MediaStream;
  readonly label: string;
  /** One's own face, as in a mirror. */
  readonly isMirrored?: boolean;
}

export function Picture({ stream, label, isMirrored = false }: PictureProps) {
  const show = useCallback(
    (video: HTMLVideoElement | null) => {
      if (video) video.srcObject = stream;
    },
    [stream],
  );
  return (
    <video
      ref={show}
      className="picture"
      data-mirrored={isMirrored}
      aria-label={label}
      autoPlay
      playsInline
      muted
    />
  );
}
