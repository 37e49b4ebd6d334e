// What is shown instead of a page that has failed.

import { Component } from "react";
import type { ReactNode } from "react";
import { texts } from "../texts";

interface BoundaryProps {
  readonly children: ReactNode;
}

/** Only a class can catch what its children throw. */
export class Boundary extends Component<BoundaryProps, { hasFailed: boolean }> {
  override state = { hasFailed: false };

  static getDerivedStateFromError(): { hasFailed: boolean } {
    return { hasFailed: true };
  }

  override render(): ReactNode {
    if (!this.state.hasFailed) return this.props.children;
    return (
      <main className="screen-centre" role="alert">
        <h1>{texts.crashed}</h1>
        <button type="button" className="button" onClick={() => location.reload()}>
          {texts.reload}
        </button>
      </main>
    );
  }
}
