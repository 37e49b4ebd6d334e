// The button that opens the settings, on every screen.

import { lazy, Suspense, useState } from "react";
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
      {isOpen && (
        <Suspense>
          <SettingsDialog onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  );
}
