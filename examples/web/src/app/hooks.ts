// React hooks for the store and the services.

import { createContext, useContext, useSyncExternalStore } from "react";
import { useDispatch, useSelector } from "react-redux";
import type { Services } from "./services";
import type { Dispatch, RootState } from "./store";
import type { StreamKey } from "./media-streams";

export const useAppDispatch = useDispatch.withTypes<Dispatch>();
export const useAppSelector = useSelector.withTypes<RootState>();

export const ServicesContext = createContext<Services | null>(null);

export function useServices(): Services {
  const services = useContext(ServicesContext);
  if (!services) throw new Error("there are no services around this component");
  return services;
}

/** Returns the stream of this key, or null while there is none. */
export function useStream(key: StreamKey | null): MediaStream | null {
  const { streams } = useServices();
  return useSyncExternalStore(streams.subscribe, () => (key === null ? null : streams.of(key)));
}

/** Returns the audio level of an owner's microphone as a step from 0 to `steps`. */
export function useLevel(owner: string, steps: number): number {
  const { audioLevels } = useServices();
  return useSyncExternalStore(audioLevels.subscribe, () =>
    Math.round(audioLevels.of(owner) * steps),
  );
}

/** Re-renders a memoized component when the language changes. */
export function useRenderOnLanguageChange(): void {
  useAppSelector(({ settings }) => settings.language);
}
