import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { EncryptedSession } from "../src/camus-client/call/encrypted-session";
import { systemClock } from "../src/camus-client/clock";
import { createRoom } from "../src/camus-client/directory";
import { isEncryptable, newSecret, RoomKey } from "../src/camus-client/encryption";
import type { MemberMessage } from "../src/camus-client/session-events";
import { Session } from "../src/camus-client/session";
import { CamusServe, whyNoServer } from "./camus-serve";
import { openNodeTransport } from "./node-transport";

const PYTHON = process.env.PYTHON ?? "python";
const PYTHON_TESTS = fileURLToPath(new URL("../../../tests", import.meta.url));

const title = `an encrypted room${whyNoServer === null ? "" : ` (skipped: ${whyNoServer})`}`;

describe.skipIf(whyNoServer !== null)(title, () => {
  let server: CamusServe;

  beforeAll(async () => {
    server = await CamusServe.start();
  });

  afterAll(() => server.remove());

  test("the TypeScript and the Python client agree on a connection", async () => {
    const [url, secret] = [`ws://localhost:${server.port}/ws`, newSecret()];
    const { room_id } = await createRoom(url, { encrypted: true }, openNodeTransport);
    const session = new Session({ url, join: { room_id }, openTransport: openNodeTransport });
    const relayed: unknown[] = [];
    session.on("message", (message) => isEncryptable(message) && relayed.push(message.data));
    const failures: unknown[] = [];
    const encrypted = new EncryptedSession(
      session,
      await RoomKey.from(secret, room_id),
      systemClock,
      (_, error) => failures.push(error),
    );
    expect(await session.join()).toMatchObject({ room_id, encrypted: true });
    const heard: MemberMessage[] = [];
    const answered = new Promise<void>((done) => {
      encrypted.on("message", (message) => {
        heard.push(message);
        if (message.type === "icecandidate" && message.data === null) done();
      });
    });
    const python = spawn(PYTHON, ["-m", "interop.encrypted_peer", url, room_id, secret], {
      cwd: PYTHON_TESTS,
      stdio: ["ignore", "inherit", "inherit"],
    });
    const left = new Promise((ended) => python.once("exit", ended));
    const receiver = await new Promise<string>((came) => {
      session.on("client-joined", ({ id }) => came(id));
    });
    const sdp = "v=0\r\na=fingerprint:ä\r\n";
    encrypted.send({ type: "offer", receiver, id: "1", data: { type: "offer", sdp } });
    await answered;
    const rest = { sender: receiver, receiver: session.joined?.id };
    const data = { candidate: "candidate:1", sdpMid: "0", sdpMLineIndex: 0 };
    expect(heard).toEqual([
      { ...rest, type: "x-tracks", id: "ä.1", data: { 0: "camera" } },
      { ...rest, type: "answer", id: "ä.2", data: { type: "answer", sdp: `to ${sdp}` } },
      { ...rest, type: "icecandidate", data },
      { ...rest, type: "icecandidate", data: null },
    ]);
    for (const one of relayed) expect(JSON.stringify(one)).toContain("camus-encrypted-1.");
    expect(relayed.length).toBe(4);
    encrypted.send({ type: "icecandidate", receiver, data: null });
    expect(await left).toBe(0);
    expect(failures).toEqual([]);
    encrypted.close();
    await session.leave();
  });
});
