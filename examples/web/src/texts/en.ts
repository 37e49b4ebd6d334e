// The app's texts in English.

import type { WaitReason, EndReason } from "../features/call/end-reasons";
import type { Rating } from "../features/connection-quality/rating";
import type { DeviceFault } from "../features/devices/device-faults";
import type { SourceKind } from "../features/devices/capture-source";
import type { InvitationProblem } from "../features/invite/invitations-slice";
import type { RoomsProblem } from "../features/landing/rooms-slice";
import type { News } from "../features/notices/notices-slice";
import type { ServerProblem } from "../features/settings/own-ice-servers";
import type { LeaveReason, PeerState, Role } from "../camus-client";
import { upToMany } from "./counts";

const SOURCE: Readonly<Record<SourceKind | "both", string>> = {
  microphone: "microphone",
  camera: "camera",
  both: "microphone and camera",
};

/** Returns the fault of a microphone or a camera, or both, and what helps. */
function faultOf(what: SourceKind | "both", fault: DeviceFault): string {
  const source = SOURCE[what];
  switch (fault) {
    case "denied":
      return `Your browser keeps ${source} from this page. Allow access in the address bar, then try again.`;
    case "missing":
      return what === "both"
        ? "No microphone and camera were found. Connect them, or join without."
        : `No ${source} was found. Connect one, or join without.`;
    case "busy":
      return `Your ${source} did not start: another program may be using it. Close that program, then try again.`;
    case "insecure":
      return `Browsers give ${source} to pages over https only. Open this page over https.`;
    case "unplugged":
      return `Your ${source} was unplugged. Connect it again, or choose another one.`;
    case "other":
      return `Your ${source} did not start. Try again, or choose another device.`;
  }
}

const HOLDS: Readonly<Record<WaitReason, string>> = {
  "address-full":
    "Your network has as many connections to this server as one internet address may have.",
  "server-full": "This server has as many connections as it can take.",
  "too-often": "Your network has tried this too often in a short time.",
  busy: "The server is busy.",
};

const SOON = "Try again in a moment.";

const LATER: Readonly<Record<WaitReason, string>> = {
  "address-full": `${HOLDS["address-full"]} ${SOON}`,
  "server-full": `${HOLDS["server-full"]} ${SOON}`,
  "too-often": `${HOLDS["too-often"]} ${SOON}`,
  busy: `${HOLDS.busy} ${SOON}`,
};

const REFUSALS: Readonly<Record<EndReason, string>> = {
  left: "You have left the room.",
  kicked: "A moderator has removed you from the room.",
  banned: "You can't come into this room any more: a moderator has banned you.",
  denied: "Nobody let you in this time.",
  replaced: "This call goes on in another tab or window.",
  "password-required": "This room has a password. Ask whoever invited you.",
  "wrong-password": "That is not the password of this room.",
  "invalid-username": "This name can't be used. Use 1 to 64 ordinary characters.",
  "invalid-invitation":
    "This invitation isn't valid: it may be over, used up or taken back. Ask for another one.",
  "room-locked": "The room is locked, and nobody is there to let you in. Try again later.",
  "room-full": "The room is full. Try again when somebody has left.",
  "room-not-found": "There is no such room here. Check the link, or start a new room.",
  "room-not-open": "This room isn't open yet. Come back when it begins.",
  "room-ended": "The room was closed for everyone.",
  "not-allowed": "You are not allowed into this room.",
  ...LATER,
  unreachable: "The server can't be reached. Check your connection and try again.",
};

const ENDED: Readonly<Partial<Record<EndReason, string>>> = {
  left: "You have left",
  kicked: "You were removed",
  banned: "You were banned",
  denied: "You were not let in",
  replaced: "The call is open elsewhere",
  "room-ended": "The room has ended",
};

const LEFT: Readonly<Record<LeaveReason, (name: string) => string>> = {
  left: (name) => `${name} has left`,
  gone: (name) => `${name} has lost the connection`,
  rejoined: (name) => `${name} is back`,
  kicked: (name) => `${name} was removed`,
  banned: (name) => `${name} was banned`,
};

const ROLES: Readonly<Record<Role, string>> = {
  owner: "Owner",
  moderator: "Moderator",
  guest: "Guest",
};

const ROLE_NEWS: Readonly<Record<Role, string>> = {
  owner: "This is your room now",
  moderator: "You are a moderator now",
  guest: "You are no longer a moderator",
};

const TROUBLES: Readonly<Record<RoomsProblem, string>> = {
  unreachable: "The server can't be reached. Check your connection and try again.",
  "name-taken": "There is a room of this name already. Choose another name, or join that room.",
  "invalid-name": "This name can't be used. Use 1 to 64 ordinary characters.",
  "may-not-create": "You can't create rooms here.",
  "invalid-options":
    "The server can't make this room. Its end must be in the future and after its opening, and neither may be too far ahead.",
  "no-such-name": "That is not a link to a room here, nor a name with letters or digits.",
  ...LATER,
};

const INVITATION_PROBLEMS: Readonly<Record<InvitationProblem, string>> = {
  "too-many": "The room has as many invitations as it may have. Take one back first.",
  invalid: "The server can't make this invitation. Check the name, the number and the time.",
  failed: "The server refused that. Try again in a moment.",
};

const otherName = (typed: string, name: string): string =>
  `You have typed “${typed}”. This room is called “${name}”.`;

function newsOf(news: News): string {
  switch (news.kind) {
    case "joined":
      return `${news.name} has joined`;
    case "left":
      return LEFT[news.reason](news.name);
    case "waiting":
      return `${news.name} waits to be let in`;
    case "said":
      return `${news.name}: ${news.text}`;
    case "role":
      return ROLE_NEWS[news.role];
    case "lock":
      return news.isLocked ? "The room is locked now" : "The room is open again";
    case "device":
      return `Your ${SOURCE[news.device]} has gone. Now in use: ${news.label}`;
    case "switched":
      return `${news.device === "camera" ? "Camera" : "Microphone"} ${news.isOn ? "on" : "off"}`;
    case "name":
      return otherName(news.typed, news.name);
    case "screen":
      return "Your screen can't be shared. Allow it in the settings of your system.";
    case "servers":
      return `The call goes on without STUN or TURN servers that your browser refuses: ${news.urls.join(", ")}`;
    case "forgotten":
      return "The server doesn't have this message any more, so it can't be removed for everyone.";
    case "refused":
      return "The server refused that. Try again in a moment.";
  }
}

const RATINGS: Readonly<Record<Rating, string>> = {
  good: "Good",
  fair: "Fair",
  poor: "Poor",
};

const CONNECTIONS: Readonly<Record<PeerState, string>> = {
  new: "Not connected yet",
  connecting: "Connecting",
  connected: "Connected",
  disconnected: "Interrupted",
  failed: "Lost",
  closed: "Closed",
  held: "To be made later",
  crowded: "Not made: there are as many as there may be",
  refused: "Refused by your browser",
  unanswered: "Without an answer",
};

const PROBLEMS: Readonly<Record<ServerProblem, string>> = {
  url: "An address looks like stun:stun.example.org or turn:turn.example.org:3478?transport=tcp.",
  credential: "A TURN server needs a user name and a credential.",
};

const people = (count: number): string => (count === 1 ? "1 person" : `${count} people`);

export const en = {
  language: "en",
  app: "Camus",
  titleOf: (room: string, unread: number) =>
    `${unread > 0 ? `(${upToMany(unread)}) ` : ""}${room} – Camus`,
  crashed: "Something went wrong in this page.",
  reload: "Load it again",
  broken: {
    message: "This message can't be shown.",
    tile: "This picture can't be shown.",
    person: "This person can't be shown.",
    panel: "This can't be shown. Close it and open it again.",
  },
  close: "Close",
  cancel: "Cancel",
  tryAgain: "Try again",
  withKey: (label: string, key: string) => `${label} (Alt+${key})`,

  landing: {
    title: "Face to face, from browser to browser.",
    lead: "Open a room, send the link, talk. No account, nothing to install.",
    newRoom: "Start a new room",
    creating: "Opening your room…",
    options: "Choose a name, a password, a limit or times",
    name: "Room name",
    namePlaceholder: "Wyld Stallyns",
    password: "Password",
    none: "None",
    limit: "Most people at a time",
    opens: "Opens to guests",
    ends: "Ends for everyone",
    isPublic: "List it on this page for everyone",
    create: "Create the room",
    join: "Join a room",
    joinLabel: "Link or name of a room",
    joinPlaceholder: "Link or room name",
    joinButton: "Join",
    rooms: "Public rooms",
    noRooms: "No public room is open. Rooms show up here when their creators list them.",
    loadingRooms: "Looking for rooms…",
    occupancy: (clients: number, limit: number) => `${clients} of ${limit} people`,
    protected: "Needs a password",
    full: "Full",
    facts: [
      "Video and sound go straight from person to person.",
      "A lost connection comes back by itself.",
      "Your server, your rooms.",
    ],
    troubles: TROUBLES,
  },

  prejoin: {
    ready: "Ready to join?",
    otherName,
    back: "Back to the start",
    name: "Your name",
    namePlaceholder: "How the others see you",
    password: "Room password",
    join: "Join now",
    joining: "Joining…",
    preview: "How the others will see you",
    cameraOff: "Your camera is off",
    cameraStarting: "Your camera is starting…",
    askingForDevices: "Your browser may ask whether this page may use them: choose Allow.",
    level: "Level of your microphone",
    waiting: "Waiting to be let in",
    waitingLead: "Somebody inside has been told that you are here, and can let you in.",
    waitingAlone: "The room is locked, and nobody is here yet who can let you in.",
    stopWaiting: "Stop waiting",
    held: "There is no place just now",
    heldLead: "This page tries again by itself.",
    withoutInvitation: "Join without the invitation",
    notOpen: "This room isn't open yet",
    opens: (time: string) => `Opening time: ${time} (your local time).`,
    notOpenLead: "Keep this page open, and it lets you in by itself.",
    opensIn: (seconds: number) => `It opens in ${seconds} s`,
    refusals: REFUSALS,
  },

  devices: {
    microphone: "Microphone",
    camera: "Camera",
    none: "None found",
    default: "Default",
    unnamed: (kind: SourceKind, index: number) =>
      `${kind === "camera" ? "Camera" : "Microphone"} ${index}`,
    turn: {
      microphone: { on: "Unmute your microphone", off: "Mute your microphone" },
      camera: { on: "Turn your camera on", off: "Turn your camera off" },
    },
    choose: { microphone: "Choose a microphone", camera: "Choose a camera" },
    faultOf,
  },

  call: {
    controls: "Call controls",
    stage: "Participants' video",
    share: "Share your screen",
    stopSharing: "Stop sharing your screen",
    chatWith: (unread: number) => (unread > 0 ? `Chat, ${upToMany(unread)} unread` : "Chat"),
    peopleWith: (count: number, waiting: number) =>
      waiting > 0
        ? `People, ${count} in the room, ${waiting} waiting`
        : `People, ${count} in the room`,
    invite: "Invite",
    leave: "Leave",
    leaveTitle: "Leave the call?",
    leaveLead: "The others stay. You can come back with the same link.",
    stay: "Stay",
    locked: "Locked",
    alone: "You are the only one here",
    aloneLead: "Send this link to the people you want to talk to.",
    reconnecting: "Connection lost. Reconnecting…",
    holds: HOLDS,
    nextTry: (seconds: number) => `Next try in ${seconds} s`,
    offline: "You are offline. The call goes on as soon as you are back.",
    tryNow: "Try now",
    silenced: "Your browser holds the sound back.",
    soundOn: "Turn the sound on",
  },

  tile: {
    you: "You",
    nameOf: (name: string, isMe: boolean) => (isMe ? `${name} (you)` : name),
    screenOf: (name: string, isMe: boolean) => (isMe ? "Your screen" : `${name}'s screen`),
    muted: "Microphone off",
    pin: (what: string) => `Show ${what} large`,
    unpin: (what: string) => `Show ${what} like the others`,
    connecting: "Connecting…",
    lost: "Connection lost. Reconnecting…",
    without: {
      held: "Connecting soon…",
      crowded:
        "No sound or picture: there are as many connections as your browser can keep up.",
      refused: "Your browser makes no connection. Trying again…",
      unanswered: "No sound or picture so far.",
    },
    speaking: "speaking",
    hidden: "Picture hidden by you",
  },

  tileMenu: {
    of: (what: string) => `More for ${what}`,
    volume: "Volume",
    percent: (value: number) => `${value} %`,
    hide: "Hide the picture",
    show: "Show the picture",
    float: "Picture in picture",
    unfloat: "Leave picture in picture",
    fill: "Full screen",
    unfill: "Leave full screen",
    earlier: "Move earlier",
    later: "Move later",
    moved: (what: string, position: number, count: number) =>
      `${what} is now ${position} of ${count}`,
  },

  connection: {
    with: (name: string) => `Connection with ${name}`,
    state: "State",
    states: CONNECTIONS,
    rating: "Quality",
    ratings: RATINGS,
    path: "Path",
    paths: { direct: "Direct", relayed: "Relayed (TURN)" },
    received: "Received",
    sent: "Sent",
    loss: "Packets lost",
    roundTrip: "Round trip",
    kilobits: (value: string) => `${value} kbit/s`,
    percent: (value: string) => `${value} %`,
    milliseconds: (value: string) => `${value} ms`,
    unknown: "–",
  },

  settings: {
    title: "Settings",
    language: "Language",
    resolution: "Picture of your camera",
    automatic: "Automatic",
    servers: "Your own STUN and TURN servers",
    serversLead:
      "Used beside those of this Camus server, for networks that let nothing else through. They are kept in this browser.",
    url: "Address",
    username: "User name",
    credential: "Credential",
    add: "Add server",
    remove: (url: string) => `Remove ${url}`,
    problems: PROBLEMS,
  },

  chat: {
    title: "Chat",
    messages: "Messages",
    empty: "No messages yet. What you write here, everyone in the room can read.",
    write: "Write a message",
    send: "Send",
    you: "You",
    sending: "Sending…",
    failed: "Perhaps not delivered.",
    again: "Send again",
    whole: "Show all of it",
    latest: "Newest messages",
    remove: "Remove for everyone",
    removeNamed: (name: string, excerpt: string) => `Remove for everyone: ${name}: ${excerpt}`,
    removeTitle: "Remove this message?",
    removeLead: "It vanishes for everyone in the room, and for those who come later.",
    removeDo: "Remove",
    more: (count: number) =>
      count === 1 ? "1 more message" : `${upToMany(count)} more messages`,
  },

  people: {
    title: "People",
    inRoom: "In the room",
    waiting: "Waiting to be let in",
    roles: ROLES,
    you: "(you)",
    lock: "Lock the room",
    lockLead: "Newcomers wait until you let them in.",
    actionsFor: (name: string) => `Actions for ${name}`,
    makeModerator: "Make moderator",
    makeGuest: "Take back moderator",
    kick: "Remove from the room",
    ban: "Ban from the room",
    kickTitle: (name: string) => `Remove ${name}?`,
    kickLead: "They leave the call at once, and may come back with the link.",
    kickDo: "Remove",
    banTitle: (name: string) => `Ban ${name}?`,
    banLead: "They leave the call at once, and can't come back into this room.",
    banDo: "Ban",
    admit: "Let in",
    deny: "Turn away",
    admitNamed: (name: string) => `Let in ${name}`,
    denyNamed: (name: string) => `Turn away ${name}`,
    oneWaits: (name: string) => `${name} waits to be let in`,
    manyWait: (count: number) => `${people(count)} wait to be let in`,
    seeThem: "See who",
    banned: "Banned",
    nobodyBanned: "Nobody is banned from this room.",
    bannedUnknown: "Somebody whose name isn't known",
    bannedBy: (name: string) => `by ${name}`,
    bannedUntil: (time: string) => `until ${time}`,
    unban: "Take back",
    unbanNamed: (name: string) => `Take back the ban of ${name}`,
    unbanRefused: "Only an owner of the room can take back this ban.",
    microphoneOn: "Microphone on",
    microphoneOff: "Microphone off",
    cameraOn: "Camera on",
    cameraOff: "Camera off",
    sharing: "Shares the screen",
    alike: "Somebody else has a name that looks like this one",
  },

  invite: {
    title: "Invite people",
    lead: "Whoever has this link can come into the room, with its password if it has one.",
    link: "Link to this room",
    copy: "Copy link",
    copied: "Copied",
    share: "Share…",
    shareText: "Come into my room:",
    invitations: "Invitations",
    invitationsLead:
      "An invitation lets people in without the room's password, and can be taken back.",
    name: "For whom, or for what",
    role: "They come in as",
    uses: "How many people",
    anyNumber: "Any number",
    expires: "Until",
    make: "Make an invitation",
    made: "Copy this link now: it isn't shown again.",
    invitationLink: "Link of the new invitation",
    copyInvitation: "Copy invitation",
    unnamed: "Invitation without a name",
    used: (used: number, uses: number | null) =>
      uses === null ? `${used} have come` : `${used} of ${uses} have come`,
    until: (time: string) => `until ${time}`,
    madeBy: (made: string) => `by ${made}`,
    revoke: "Take back",
    revokeNamed: (name: string) => `Take back: ${name}`,
    revokeRefused: "Only an owner of the room can take back this invitation.",
    problems: INVITATION_PROBLEMS,
  },

  end: {
    titles: ENDED,
    lost: "The call has ended",
    reasons: REFUSALS,
    words: "The moderator writes:",
    again: "Join again",
    here: "Use it here",
    home: "Back to the start",
  },

  notices: {
    title: "What has happened",
    of: newsOf,
    more: (count: number) => `And ${upToMany(count)} more`,
  },
};

/** The texts that every language provides. */
export type Texts = typeof en;
