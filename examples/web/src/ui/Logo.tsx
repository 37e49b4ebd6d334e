// The app's logo and name.

import { texts } from "../texts";
import logo from "./logo.svg";

export function Logo() {
  return (
    <span className="logo">
      <img src={logo} alt="" width="32" height="32" />
      {texts.app}
    </span>
  );
}
