// The settings for the user's own STUN and TURN servers, for networks that need them.

import { useId, useMemo, useState } from "react";
import { useAppDispatch, useAppSelector } from "../../app/hooks";
import { texts } from "../../texts";
import { Icon } from "../../ui/icons";
import { InlineAlert } from "../../ui/InlineAlert";
import { MAX_OWN_SERVERS, problemIn } from "./own-ice-servers";
import type { OwnIceServer, ServerProblem } from "./own-ice-servers";
import { iceServersChosen } from "./settings-slice";

const EMPTY: OwnIceServer = { url: "", username: "", credential: "" };

export function OwnIceServers() {
  const dispatch = useAppDispatch();
  const servers = useAppSelector(({ settings }) => settings.iceServers);
  const heading = useId();
  const t = texts.settings;
  return (
    <section aria-labelledby={heading}>
      <h3 id={heading}>{t.servers}</h3>
      <p>{t.serversLead}</p>
      {servers.length > 0 && (
        <ul className="own-servers">
          {servers.map((server) => (
            <li key={`${server.url} ${server.username}`}>
              <span>
                {server.url}
                {server.username !== "" && <small>{server.username}</small>}
                <Problem server={server} />
              </span>
              <button
                type="button"
                className="icon-button"
                aria-label={t.remove(server.url)}
                title={t.remove(server.url)}
                onClick={() =>
                  dispatch(iceServersChosen(servers.filter((one) => one !== server)))
                }
              >
                <Icon name="remove" />
              </button>
            </li>
          ))}
        </ul>
      )}
      {servers.length < MAX_OWN_SERVERS && <NewServer servers={servers} />}
    </section>
  );
}

/** Shows why the browser refuses a saved server, which calls leave out. */
function Problem({ server }: { readonly server: OwnIceServer }) {
  const problem = useMemo(() => problemIn(server), [server]);
  return problem && <InlineAlert>{texts.settings.problems[problem]}</InlineAlert>;
}

function NewServer({ servers }: { readonly servers: readonly OwnIceServer[] }) {
  const dispatch = useAppDispatch();
  const [server, setServer] = useState(EMPTY);
  const [problem, setProblem] = useState<ServerProblem | null>(null);
  const t = texts.settings;
  const enter = (change: Partial<OwnIceServer>): void => setServer({ ...server, ...change });

  const add = (): void => {
    const found = problemIn(server);
    setProblem(found);
    if (found !== null) return;
    const { url, username } = server;
    const others = servers.filter((one) => one.url !== url || one.username !== username);
    dispatch(iceServersChosen([...others, server]));
    setServer(EMPTY);
  };

  return (
    <form
      className="new-server"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        add();
      }}
    >
      <label className="field field-wide">
        {t.url}
        <input
          value={server.url}
          placeholder="turn:turn.example.org:3478"
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          aria-invalid={problem === "url"}
          onChange={({ target }) => enter({ url: target.value.trim() })}
        />
      </label>
      <label className="field">
        {t.username}
        <input
          value={server.username}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          aria-invalid={problem === "credential"}
          onChange={({ target }) => enter({ username: target.value.trim() })}
        />
      </label>
      <label className="field">
        {t.credential}
        <input
          type="password"
          value={server.credential}
          autoComplete="off"
          aria-invalid={problem === "credential"}
          onChange={({ target }) => enter({ credential: target.value })}
        />
      </label>
      {problem && (
        <div className="field-wide">
          <InlineAlert>{t.problems[problem]}</InlineAlert>
        </div>
      )}
      <button
        type="submit"
        className="button button-quiet button-small"
        disabled={server.url === ""}
      >
        {t.add}
      </button>
    </form>
  );
}
