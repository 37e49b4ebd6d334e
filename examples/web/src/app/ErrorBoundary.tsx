// What is shown instead of something that has failed.

import { Component } from "react";
import type { ReactNode } from "react";

interface BoundaryProps {
  readonly children: ReactNode;
  /** Stands in its place. */
  readonly instead: ReactNode;
  /** What is shown: when it is another, it gets another try. */
  readonly of?: unknown;
}

interface BoundaryState {
  readonly hasFailed: boolean;
  readonly of: unknown;
}

/** Only a class can catch what its children throw. */
export class Boundary extends Component<BoundaryProps, BoundaryState> {
  override state: BoundaryState = { hasFailed: false, of: this.props.of };

  static getDerivedStateFromError(): Partial<BoundaryState> {
    return { hasFailed: true };
  }

  static getDerivedStateFromProps(
    { of }: BoundaryProps,
    state: BoundaryState,
  ): BoundaryState | null {
    return of === state.of ? null : { hasFailed: false, of };
  }

  override render(): ReactNode {
    return this.state.hasFailed ? this.props.instead : this.props.children;
  }
}
