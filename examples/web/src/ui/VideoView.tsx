// A moving picture without its sound, which is played elsewhere.

import { useCallback } from "react";

interface VideoViewProps {
  readonly stream: MediaStream;
  readonly label: string;
  /** One's own face, as in a mirror. */
  readonly isMirrored?: boolean;
}

export function VideoView({ stream, label, isMirrored = false }: VideoViewProps) {
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
