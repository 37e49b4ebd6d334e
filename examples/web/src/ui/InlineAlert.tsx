// An alert within the page.

import type { ReactNode } from "react";
import { Icon } from "./icons";

/** Screen readers announce it at once. */
export function InlineAlert({ children }: { readonly children: ReactNode }) {
  return (
    <div className="notice" role="alert">
      <Icon name="alert" />
      <div>{children}</div>
    </div>
  );
}
