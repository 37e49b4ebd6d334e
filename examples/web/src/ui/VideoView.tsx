// A video without audio, which is played separately.

import { useCallback } from "react";

interface VideoViewProps {
  readonly stream: MediaStream;
  readonly label: string;
  /** Whether to mirror the video, as for the user's own camera. */
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
