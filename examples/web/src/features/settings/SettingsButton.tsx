// The button that opens the settings, on every screen.

import { lazy, Suspense, useState } from "react";
import { createPortal } from "react-dom";
import { texts } from "../../texts";
import { Icon } from "../../ui/icons";

/** Hardly anybody needs them on the first visit: they come when they are asked for. */
const SettingsDialog = lazy(async () => ({
  default: (await import("./SettingsDialog")).SettingsDialog,
}));

export function SettingsButton() {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <button
        type="button"
        className="icon-button"
        aria-label={texts.settings.title}
        title={texts.settings.title}
        onClick={() => setOpen(true)}
      >
        <Icon name="settings" />
      </button>
      {isOpen &&
        createPortal(
          <Suspense>
            <SettingsDialog onClose={() => setOpen(false)} />
          </Suspense>,
          document.body, // a dialog in the header of a page would be a header in a header
        )}
    </>
  );
}
