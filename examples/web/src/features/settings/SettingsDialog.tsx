// The settings dialog: language, resolution, and ICE servers.

import { useId } from "react";
import { useAppDispatch, useAppSelector } from "../../app/hooks";
import { texts } from "../../texts";
import { isLanguage, LANGUAGES, languageFor } from "../../texts/language";
import { Dialog } from "../../ui/Dialog";
import { OwnIceServers } from "./OwnIceServers";
import { ResolutionSelect } from "./ResolutionSelect";
import "./settings.css";
import { languageChosen } from "./settings-slice";

export function SettingsDialog({ onClose }: { readonly onClose: () => void }) {
  return (
    <Dialog title={texts.settings.title} onClose={onClose}>
      <div className="settings">
        <LanguageSelect />
        <ResolutionSelect />
        <OwnIceServers />
      </div>
    </Dialog>
  );
}

function LanguageSelect() {
  const dispatch = useAppDispatch();
  const chosen = useAppSelector(({ settings }) => settings.language);
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{texts.settings.language}</label>
      <select
        id={id}
        value={languageFor(chosen, navigator.languages)}
        onChange={({ target: { value } }) => {
          if (isLanguage(value)) dispatch(languageChosen(value));
        }}
      >
        {Object.entries(LANGUAGES).map(([language, name]) => (
          <option key={language} value={language} lang={language}>
            {name}
          </option>
        ))}
      </select>
    </div>
  );
}
