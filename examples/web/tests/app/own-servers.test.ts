import { expect, test } from "vitest";
import {
  asRtcServers,
  MOST_SERVERS,
  problemIn,
  serversIn,
} from "../../src/features/settings/own-servers";

const server = (url: string, username = "", credential = "") => ({ url, username, credential });

test("addresses of STUN servers are those of RFC 7064", () => {
  const problems = {
    "stun:stun.example.org": null,
    "stuns:stun.example.org:5349": null,
    "stun:192.0.2.1": null,
    "stun:[2001:db8::1]:3478": null,
    "stun:stun.example.org?transport=udp": "url", // for TURN only
    "stun:": "url",
    "stun://stun.example.org": "url",
    "stun:stun.example.org:0": "url",
    "stun:stun.example.org:65536": "url",
    "stun:two words": "url",
    "stun.example.org": "url",
    "https://stun.example.org": "url",
    "": "url",
  };
  const found = Object.keys(problems).map((url) => problemIn(server(url)));
  expect(found).toEqual(Object.values(problems));
});

test("a TURN server needs a name and a credential", () => {
  const url = "turns:turn.example.org:443?transport=tcp";
  expect([
    problemIn(server(url, "ted", "secret")),
    problemIn(server(url)),
    problemIn(server(url, "ted")),
    problemIn(server("turn:turn.example.org?transport=sctp", "ted", "secret")),
  ]).toEqual([null, "credential", "credential", "url"]);
});

test("of servers that were kept only good ones are read, and not too many", () => {
  const good = server("stun:stun.example.org");
  const bad = [server("nonsense"), { url: "stun:stun.example.org" }, null, "stun:x"];
  expect(serversIn([...bad, good])).toEqual([good]);
  expect(serversIn("stun:x")).toEqual([]);
  expect(serversIn(Array.from({ length: 50 }, () => good)).length).toBe(MOST_SERVERS);
});

test("a browser is told a name and a credential only where there are some", () => {
  const servers = [
    server("stun:stun.example.org"),
    server("turn:turn.example.org", "ted", "secret"),
  ];
  expect(asRtcServers(servers)).toEqual([
    { urls: ["stun:stun.example.org"] },
    { urls: ["turn:turn.example.org"], username: "ted", credential: "secret" },
  ]);
});
