// The screen shown when the whole page has failed to render.

import { texts } from "../texts";

export function CrashedPage() {
  return (
    <main className="screen-centre" role="alert">
      <h1>{texts.crashed}</h1>
      <button type="button" className="button" onClick={() => location.reload()}>
        {texts.reload}
      </button>
    </main>
  );
}
