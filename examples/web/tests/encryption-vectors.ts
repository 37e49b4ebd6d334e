// The vectors of the conformance kit for encrypted rooms, which the Python client shares.

import { readFileSync } from "node:fs";

/** A message as it is sent. */
interface SealedVector {
  readonly name: string;
  readonly sender: string;
  readonly receiver: string;
  readonly type: string;
  readonly id: string | null;
  readonly data: unknown;
  readonly challenge: string;
  readonly n: number;
  readonly nonce: string;
  readonly encrypted: unknown;
}

/** A message as it is received. */
interface ReceivedVector {
  readonly name: string;
  readonly message: Readonly<Record<string, unknown>>;
  readonly fault?: string;
  readonly opened?: unknown;
}

const FILE = "../../../src/camus_core/conformance/encryption.json";

export const VECTORS = JSON.parse(readFileSync(new URL(FILE, import.meta.url), "utf-8")) as {
  readonly secret: string;
  readonly room_id: string;
  readonly sealed: readonly SealedVector[];
  readonly receiver: { readonly id: string; readonly challenges: readonly string[] };
  readonly received: readonly ReceivedVector[];
};
