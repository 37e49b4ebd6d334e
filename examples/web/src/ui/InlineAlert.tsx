// A sentence that helps, where something doesn't work.

import type { ReactNode } from "react";
import { Icon } from "./icons";

/** It is read out as soon as it is there. */
export function InlineAlert({ children }: { readonly children: ReactNode }) {
  return (
    <div className="notice" role="alert">
      <Icon name="alert" />
      <div>{children}</div>
    </div>
  );
}
