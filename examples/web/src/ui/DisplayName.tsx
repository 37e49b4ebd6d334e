// A name somewhere in the page, with its mark where it has one.

import type { Named } from "../features/people/display-names";
import { texts } from "../texts";
import "./parts.css";

/** Its direction has no effect on what stands around it. */
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
