// The entry point of the app.

import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { Provider } from "react-redux";
import "@fontsource-variable/inter/wght.css";
import "./styles/theme.css";
import "./styles/base.css";
import "./features/devices/devices.css";
import { App } from "./app/App";
import { ServicesContext } from "./app/hooks";
import { hashChanged } from "./app/navigation";
import { openServices } from "./app/services";
import { listenToKeys } from "./app/shortcuts";
import { makeStore } from "./app/store";
import { settingsRestored } from "./features/settings/settings-slice";
import { loadLanguage } from "./texts";
import { languageFor } from "./texts/language";

const { store, services } = makeStore(openServices);
store.dispatch(settingsRestored());
await loadLanguage(languageFor(services.storage.settings.language, navigator.languages));

addEventListener("hashchange", () => store.dispatch(hashChanged(location.hash)));
addEventListener("pointerdown", () => services.audioLevels.resume());
listenToKeys(store.dispatch, () => store.getState());
store.dispatch(hashChanged(location.hash));

const root = document.getElementById("root");
if (!root) throw new Error("the page has no #root");
createRoot(root).render(
  <StrictMode>
    <Provider store={store}>
      <ServicesContext value={services}>
        <App />
      </ServicesContext>
    </Provider>
  </StrictMode>,
);
