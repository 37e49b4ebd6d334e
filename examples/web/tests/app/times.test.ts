import { expect, test } from "vitest";
import { openingTimeOf } from "../../src/features/call/end-reasons";
import { localTime } from "../../src/texts/times";

/** Returns a local time in UNIX seconds. */
const at = (year: number, month: number, day: number, hour = 0, minute = 0): number =>
  new Date(year, month - 1, day, hour, minute).getTime() / 1000;

const now = at(2027, 3, 1, 9) * 1000;

test("a time says the day unless it is today, and the year unless it is this one", () => {
  expect(localTime(at(2027, 3, 1, 18, 30), "de", now)).toBe("18:30");
  const tomorrow = localTime(at(2027, 3, 2, 18, 30), "de", now);
  expect(tomorrow).toMatch(/^Di.*2\. März.*18:30$/);
  expect(tomorrow).not.toContain("2027");
  expect(localTime(at(2028, 3, 2, 18, 30), "de", now)).toMatch(/^Do.*2\. März 2028.*18:30$/);
});

test("only a room that isn't open yet tells when it opens", () => {
  const error = { code: "room-not-open", message: "not yet", retry_after: 20 };
  expect(openingTimeOf({ error }, 100)).toBe(120);
  expect(openingTimeOf({ error: { ...error, code: "rate-limited" } }, 100)).toBeNull();
  expect(openingTimeOf({}, 100)).toBeNull();
});
