// The fallback for a part of the page that failed to render.

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
