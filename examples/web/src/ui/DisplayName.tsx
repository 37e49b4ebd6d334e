// A display name with its mark, if any.

import type { Named } from "../features/people/display-names";
import { texts } from "../texts";
import "./parts.css";

/** The name's direction doesn't affect the surrounding text. */
export function DisplayName({ username, mark }: Omit<Named, "id">) {
  return (
    <span className="name">
      <bdi>{username}</bdi>
      {mark !== null && (
        <>
          {" "}
          <small className="name-mark" title={texts.people.alike}>
            {mark}
          </small>
        </>
      )}
    </span>
  );
}
