// The button that opens the settings, on every screen.

import { lazy, Suspense, useState } from "react";
import { createPortal } from "react-dom";
import { texts } from "../../texts";
import { Icon } from "../../ui/icons";

/** Loaded on demand, because few users need it on the first visit. */
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
          document.body, // otherwise the dialog's header would be nested in the page's header
        )}
    </>
  );
}
