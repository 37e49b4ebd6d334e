import { expect, test } from "vitest";
import { measurementOf, qualityOf } from "../src/camus-client/call/connection-quality";

const statsReport = (
  bytes: number,
  lost: number,
  received: number,
): ReadonlyMap<string, unknown> =>
  new Map<string, unknown>([
    ["T", { id: "T", type: "transport", selectedCandidatePairId: "P2" }],
    ["P1", { id: "P1", type: "candidate-pair", nominated: true, state: "succeeded" }],
    [
      "P2",
      {
        id: "P2",
        type: "candidate-pair",
        localCandidateId: "L",
        remoteCandidateId: "R",
        bytesSent: bytes,
        bytesReceived: 2 * bytes,
        currentRoundTripTime: 0.05,
      },
    ],
    ["L", { id: "L", type: "local-candidate", candidateType: "host" }],
    ["R", { id: "R", type: "remote-candidate", candidateType: "relay" }],
    ["I", { id: "I", type: "inbound-rtp", packetsLost: lost, packetsReceived: received }],
  ]);

test("quality is computed between two measurements", () => {
  const first = measurementOf(statsReport(1000, 1, 99), 10);
  expect(qualityOf(null, first)).toEqual({
    path: "relayed",
    bitrate: null,
    loss: 0.01,
    roundTrip: 0.05,
  });
  const second = measurementOf(statsReport(3000, 6, 194), 12);
  expect(qualityOf(first, second)).toEqual({
    path: "relayed",
    bitrate: { sent: 8000, received: 16_000 },
    loss: 0.05,
    roundTrip: 0.05,
  });
});

test("a connection without a path has no quality", () => {
  expect(qualityOf(null, measurementOf(new Map(), 10))).toEqual({
    path: null,
    bitrate: null,
    loss: null,
    roundTrip: null,
  });
});

test("if no transport names the candidate pair in use, the nominated one is taken", () => {
  const stats = new Map(statsReport(1000, 0, 0));
  stats.delete("T");
  expect(measurementOf(stats, 10)).toMatchObject({ path: "direct", bytesSent: 0 });
});
