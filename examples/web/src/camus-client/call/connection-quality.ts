// The quality of a peer connection, computed from RTCPeerConnection.getStats (W3C WebRTC
// Statistics).

import { isObject } from "../frames";

type Stats = Readonly<Record<string, unknown>>;

/** The quality of a connection since the previous measurement. */
export interface ConnectionQuality {
  /** Direct, or relayed by a TURN server; null while there is no path. */
  readonly path: "direct" | "relayed" | null;
  /** Bits per second; null for the first measurement. */
  readonly bitrate: { readonly sent: number; readonly received: number } | null;
  /** The fraction of lost incoming packets; null if no packets were due. */
  readonly loss: number | null;
  /** The round-trip time in seconds. */
  readonly roundTrip: number | null;
}

/** The values of one measurement that the next one needs. Times are in seconds. */
export interface Measurement {
  readonly at: number;
  readonly bytesSent: number;
  readonly bytesReceived: number;
  readonly packetsReceived: number;
  readonly packetsLost: number;
  readonly path: ConnectionQuality["path"];
  readonly roundTrip: number | null;
}

/** Extracts the measured values from a `getStats` report. */
export function measurementOf(report: ReadonlyMap<string, unknown>, at: number): Measurement {
  const all = [...report.values()].filter(isObject);
  const pair = selectedPair(all);
  const inbound = all.filter(({ type }) => type === "inbound-rtp");
  const sum = (name: string): number =>
    inbound.reduce((total, stats) => total + numberIn(stats, name), 0);
  const candidates = all.filter(({ id }) =>
    [pair?.localCandidateId, pair?.remoteCandidateId].includes(id),
  );
  const relayed = candidates.some(({ candidateType }) => candidateType === "relay");
  const roundTrip = pair?.currentRoundTripTime;
  return {
    at,
    bytesSent: numberIn(pair, "bytesSent"),
    bytesReceived: numberIn(pair, "bytesReceived"),
    packetsReceived: sum("packetsReceived"),
    packetsLost: sum("packetsLost"),
    path: pair ? (relayed ? "relayed" : "direct") : null,
    roundTrip: typeof roundTrip === "number" ? roundTrip : null,
  };
}

/** Returns the quality between two measurements. */
export function qualityOf(before: Measurement | null, now: Measurement): ConnectionQuality {
  const seconds = before ? now.at - before.at : 0;
  const rate = (name: "bytesSent" | "bytesReceived"): number =>
    before ? Math.max(0, ((now[name] - before[name]) * 8) / seconds) : 0;
  const lost = Math.max(0, now.packetsLost - (before?.packetsLost ?? 0));
  const received = Math.max(0, now.packetsReceived - (before?.packetsReceived ?? 0));
  return {
    path: now.path,
    bitrate: seconds > 0 ? { sent: rate("bytesSent"), received: rate("bytesReceived") } : null,
    loss: lost + received > 0 ? lost / (lost + received) : null,
    roundTrip: now.roundTrip,
  };
}

/**
 * Returns the candidate pair in use: the one named by the transport or, where none is named,
 * the one marked as selected or nominated.
 */
function selectedPair(all: readonly Stats[]): Stats | undefined {
  const named = all.find(({ type }) => type === "transport")?.selectedCandidatePairId;
  const pairs = all.filter(({ type }) => type === "candidate-pair");
  return (
    pairs.find(({ id }) => named !== undefined && id === named) ??
    pairs.find(({ selected }) => selected === true) ??
    pairs.find(({ nominated, state }) => nominated === true && state === "succeeded")
  );
}

function numberIn(stats: Stats | undefined, name: string): number {
  const value = stats?.[name];
  return typeof value === "number" ? value : 0;
}
