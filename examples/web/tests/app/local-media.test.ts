import { describe, expect, test } from "vitest";
import { LocalMedia } from "../../src/features/devices/local-media";
import type { MediaEvents } from "../../src/features/devices/local-media";
import { asDevices, FakeDevices, FakeTrack } from "./fake-devices";

const BOTH = { microphone: true, camera: true };

function openMedia(change: Partial<FakeDevices> = {}) {
  const devices = Object.assign(new FakeDevices(), change);
  const media = new LocalMedia(asDevices(devices));
  const replaced: MediaEvents["replaced"][] = [];
  media.on("replaced", (event) => replaced.push(event));
  return { devices, media, replaced };
}

const settled = (): Promise<unknown> => new Promise(setImmediate);

describe("starting", () => {
  test("both devices are requested with one prompt", async () => {
    const { devices, media } = openMedia();
    await media.start(BOTH);
    expect(devices.requested).toEqual(["audio+video"]);
    expect([...media.tracks.keys()]).toEqual(["microphone", "camera"]);
    expect(media.state).toEqual({
      microphone: { isOn: true, isStarting: false, deviceId: "headset", fault: null },
      camera: { isOn: true, isStarting: false, deviceId: "webcam", fault: null },
      screen: { isOn: false, fault: null },
      known: {
        microphone: [
          { id: "headset", label: "headset" },
          { id: "built-in", label: "built-in" },
        ],
        camera: [{ id: "webcam", label: "webcam" }],
      },
    });
  });

  test("if one device fails, the other one works", async () => {
    const { media } = openMedia({ faults: { video: "NotReadableError" } });
    await media.start(BOTH);
    expect([...media.tracks.keys()]).toEqual(["microphone"]);
    expect(media.state.camera).toEqual({
      isOn: false,
      isStarting: false,
      deviceId: null,
      fault: "busy",
    });
  });

  test("the browser's exceptions are mapped to faults", async () => {
    const names = ["NotAllowedError", "NotFoundError", "NotReadableError", "SomethingElse"];
    const faults: unknown[] = [];
    for (const audio of names) {
      const { media } = openMedia({ faults: { audio } });
      await media.start(BOTH);
      faults.push(media.state.microphone.fault);
    }
    expect(faults).toEqual(["denied", "missing", "busy", "other"]);
  });

  test("a page over http has no devices, and reports that", async () => {
    const media = new LocalMedia(undefined);
    await media.start(BOTH);
    await media.shareScreen();
    const { microphone, camera, screen } = media.state;
    expect([microphone.fault, camera.fault, screen.fault]).toEqual([
      "insecure",
      "insecure",
      "insecure",
    ]);
  });

  test("joining muted opens the microphone, but sends silence", async () => {
    const { devices, media } = openMedia();
    await media.start({ microphone: false, camera: false });
    expect(devices.requested).toEqual(["audio"]);
    expect(media.tracks.get("microphone")?.enabled).toBe(false);
    expect(media.state.microphone.isOn).toBe(false);
  });
});

describe("switching", () => {
  test("a muted microphone stays open, a camera is closed", async () => {
    const { devices, media } = openMedia();
    await media.start(BOTH);
    await media.turn("microphone", false);
    await media.turn("camera", false);
    expect(devices.opened.map(({ readyState, enabled }) => [readyState, enabled])).toEqual([
      ["live", false],
      ["ended", true],
    ]);
    expect([...media.tracks.keys()]).toEqual(["microphone"]);
    await media.turn("microphone", true);
    await media.turn("camera", true);
    expect(devices.requested).toEqual(["audio+video", "video"]);
    expect([...media.tracks.keys()]).toEqual(["microphone", "camera"]);
  });

  test("another device replaces the previous one", async () => {
    const { devices, media } = openMedia();
    await media.start(BOTH);
    await media.use("microphone", "built-in");
    expect(media.tracks.get("microphone")).toBe(devices.opened.at(-1));
    expect(media.state.microphone.deviceId).toBe("built-in");
    expect(devices.opened[0]?.readyState).toBe("ended");
  });

  test("a camera that opens after it was turned off again is closed", async () => {
    const { devices, media } = openMedia();
    await media.start({ microphone: true, camera: false });
    devices.release = () => undefined;
    const turned = media.turn("camera", true);
    await settled();
    const release = devices.release;
    devices.release = null;
    await media.turn("camera", false);
    release();
    await turned;
    expect(devices.opened.at(-1)?.readyState).toBe("ended");
    expect(media.tracks.has("camera")).toBe(false);
  });

  test("a fault disappears with the next attempt", async () => {
    const { devices, media } = openMedia({ faults: { video: "NotAllowedError" } });
    await media.start(BOTH);
    devices.faults = {};
    await media.turn("camera", true);
    expect(media.state.camera.fault).toBe(null);
    expect(media.tracks.has("camera")).toBe(true);
  });
});

describe("preferences", () => {
  const before = { microphone: "built-in", camera: "gone" };

  test("the preferred devices are used if they are available", async () => {
    const { media } = openMedia();
    media.prefer({ devices: before, resolution: "auto" });
    await media.start(BOTH);
    const { microphone, camera } = media.state;
    expect([microphone.deviceId, camera.deviceId]).toEqual(["built-in", "webcam"]);
  });

  test("the chosen resolution applies at once, and when the camera is next opened", async () => {
    const { devices, media } = openMedia();
    const heights = () => devices.opened.map(({ height }) => height);
    await media.setResolution("360p");
    await media.start({ microphone: true, camera: false });
    await media.turn("camera", true);
    expect(heights()).toEqual([undefined, 360]);
    await media.setResolution("1080p");
    expect(heights()).toEqual([undefined, 1080]);
  });
});

describe("unplugging", () => {
  test("another device of the kind takes over, and that is reported", async () => {
    const { devices, media, replaced } = openMedia();
    await media.start(BOTH);
    devices.plugged.audio = ["built-in"];
    devices.opened[0]?.unplug();
    await settled();
    expect(replaced).toEqual([{ kind: "microphone", label: "built-in" }]);
    expect(media.state.microphone.deviceId).toBe("built-in");
    expect(media.tracks.get("microphone")?.enabled).toBe(true);
  });

  test("without another device the source is off, with a fault", async () => {
    const { devices, media, replaced } = openMedia();
    await media.start(BOTH);
    devices.plugged.video = [];
    devices.opened[1]?.unplug();
    await settled();
    expect(replaced).toEqual([]);
    expect(media.state.camera).toEqual({
      isOn: false,
      isStarting: false,
      deviceId: null,
      fault: "unplugged",
    });
  });

  test("a muted microphone stays muted whatever is unplugged", async () => {
    const { devices, media } = openMedia();
    await media.start(BOTH);
    await media.turn("microphone", false);
    devices.opened[0]?.unplug();
    await settled();
    expect(media.state.microphone.isOn).toBe(false);
    expect(media.tracks.has("microphone")).toBe(false);
  });

  test("a device can be selected as soon as it is plugged in", async () => {
    const { devices, media } = openMedia();
    await media.start(BOTH);
    devices.plugged.video = ["webcam", "document camera"];
    devices.dispatchEvent(new Event("devicechange"));
    await settled();
    expect(media.state.known.camera.map(({ id }) => id)).toEqual(["webcam", "document camera"]);
  });
});

describe("sharing the screen", () => {
  test("the screen is sent beside the camera, with its audio if available", async () => {
    const screen = [new FakeTrack("video", "screen"), new FakeTrack("audio", "system")];
    const { media } = openMedia({ screen });
    await media.start(BOTH);
    await media.shareScreen();
    expect([...media.tracks.keys()]).toEqual([
      "microphone",
      "camera",
      "screen",
      "screen-audio",
    ]);
    expect(screen[0]?.contentHint).toBe("detail");
  });

  test("sharing can be ended by the browser's own controls", async () => {
    const screen = [new FakeTrack("video", "screen"), new FakeTrack("audio", "system")];
    const { media } = openMedia({ screen });
    await media.shareScreen();
    screen[0]?.unplug();
    expect(media.state.screen).toEqual({ isOn: false, fault: null });
    expect([...media.tracks.keys()]).toEqual([]);
    expect(screen[1]?.readyState).toBe("ended");
  });

  test("cancelling the browser's dialog shares nothing, and is no fault", async () => {
    const { media } = openMedia();
    await media.shareScreen();
    expect(media.state.screen).toEqual({ isOn: false, fault: null });
  });
});
