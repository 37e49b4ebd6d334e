// A hook for lists whose rows vanish by a button inside them.

import { useCallback, useRef } from "react";
import type { RefObject } from "react";

interface FocusKept {
  /** For the heading of the list, which gets the keyboard focus of a row that vanishes. */
  readonly heading: RefObject<HTMLHeadingElement | null>;
  /** For each row. */
  readonly row: (row: HTMLLIElement) => () => void;
}

/** Keeps the keyboard focus near a list. The heading needs a `tabIndex` of -1. */
export function useFocusKept(): FocusKept {
  const heading = useRef<HTMLHeadingElement>(null);
  const row = useCallback(
    (element: HTMLLIElement) => () => {
      if (element.contains(document.activeElement)) heading.current?.focus();
    },
    [],
  );
  return { heading, row };
}
