// What is shown instead of a part of the page that has failed; the rest goes on.

import { Icon } from "./icons";
import "./parts.css";

export function ErrorFallback({ what }: { readonly what: string }) {
  return (
    <p className="broken">
      <Icon name="alert" />
      {what}
    </p>
  );
}
