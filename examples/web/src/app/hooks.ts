// The store and the services, as components use them.

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

/** The stream of this key, as long as it lasts. */
export function useStream(key: StreamKey | null): MediaStream | null {
  const { streams } = useServices();
  return useSyncExternalStore(streams.subscribe, () => (key === null ? null : streams.of(key)));
}

/** How loud somebody is, in so many steps. */
export function useLevel(owner: string, steps: number): number {
  const { audioLevels } = useServices();
  return useSyncExternalStore(audioLevels.subscribe, () =>
    Math.round(audioLevels.of(owner) * steps),
  );
}

/** Has a component that is memoized shown anew when the language changes. */
export function useRenderOnLanguageChange(): void {
  useAppSelector(({ settings }) => settings.language);
}
