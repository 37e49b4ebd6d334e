import { expect, test } from "vitest";
import {
  asRtcServers,
  MAX_OWN_SERVERS,
  problemIn,
  ownIceServersIn,
} from "../../src/features/settings/own-ice-servers";

const server = (url: string, username = "", credential = "") => ({ url, username, credential });

test("the browser tells which part of a server is invalid", () => {
  const refusing = (error: string) =>
    problemIn(server("stun:stun.example.org"), () => {
      throw new DOMException("no", error);
    });
  const tried: RTCIceServer[] = [];
  expect(problemIn(server("stun:stun.example.org"), (one) => tried.push(one))).toBe(null);
  expect(tried).toEqual([{ urls: ["stun:stun.example.org"] }]);
  expect(refusing("SyntaxError")).toBe("url");
  expect(refusing("InvalidAccessError")).toBe("credential");
  expect(refusing("UnknownError")).toBe(null); // too many connections, for example
});

test("saved servers are parsed without invalid and excess ones", () => {
  const good = server("stun:stun.example.org");
  const bad = [{ url: "stun:stun.example.org" }, null, "stun:x", { ...good, credential: 5 }];
  expect(ownIceServersIn([...bad, good])).toEqual([good]);
  expect(ownIceServersIn("stun:x")).toEqual([]);
  expect(ownIceServersIn(Array.from({ length: 50 }, () => good)).length).toBe(MAX_OWN_SERVERS);
});

test("a username and a credential are passed to the browser only if they are set", () => {
  const servers = [
    server("stun:stun.example.org"),
    server("turn:turn.example.org", "ted", "secret"),
  ];
  expect(asRtcServers(servers)).toEqual([
    { urls: ["stun:stun.example.org"] },
    { urls: ["turn:turn.example.org"], username: "ted", credential: "secret" },
  ]);
});
