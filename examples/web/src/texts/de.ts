// The app's texts in German.

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
import type { Texts } from "./en";

/** German needs the article, and the verb in the plural for both. */
const YOUR: Readonly<Record<SourceKind | "both", string>> = {
  microphone: "dein Mikrofon",
  camera: "deine Kamera",
  both: "dein Mikrofon und deine Kamera",
};

const NONE: Readonly<Record<SourceKind | "both", string>> = {
  microphone: "Kein Mikrofon",
  camera: "Keine Kamera",
  both: "Weder Mikrofon noch Kamera",
};

const NAMES: Readonly<Record<SourceKind, string>> = {
  microphone: "Mikrofon",
  camera: "Kamera",
};

const upperFirst = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** Returns the fault of a microphone or a camera, or both, and what helps. */
function faultOf(what: SourceKind | "both", fault: DeviceFault): string {
  const your = YOUR[what];
  const [has, is, did] =
    what === "both" ? ["haben", "wurden", "sind"] : ["hat", "wurde", "ist"];
  switch (fault) {
    case "denied":
      return `Dein Browser gibt ${your} nicht frei. Erlaube den Zugriff in der Adressleiste und versuche es noch einmal.`;
    case "missing":
      return `${NONE[what]} gefunden. Schließe etwas an, oder nimm ohne teil.`;
    case "busy":
      return `${upperFirst(your)} ${did} nicht gestartet: Vielleicht benutzt ein anderes Programm das Gerät. Schließe es und versuche es noch einmal.`;
    case "insecure":
      return `Browser geben ${your} nur Seiten über https frei. Öffne diese Seite über https.`;
    case "unplugged":
      return `${upperFirst(your)} ${is} abgezogen. Schließe das Gerät wieder an, oder wähle ein anderes.`;
    case "other":
      return `${upperFirst(your)} ${has} nicht geantwortet. Versuche es noch einmal, oder wähle ein anderes Gerät.`;
  }
}

const HOLDS: Readonly<Record<WaitReason, string>> = {
  "address-full":
    "Aus deinem Netz kommen schon so viele Verbindungen, wie dieser Server von einer Internetadresse annimmt.",
  "server-full": "Dieser Server hat so viele Verbindungen, wie er annehmen kann.",
  "too-often": "Aus deinem Netz kamen dafür in kurzer Zeit zu viele Versuche.",
  busy: "Der Server ist ausgelastet.",
};

const SOON = "Versuche es gleich noch einmal.";

const LATER: Readonly<Record<WaitReason, string>> = {
  "address-full": `${HOLDS["address-full"]} ${SOON}`,
  "server-full": `${HOLDS["server-full"]} ${SOON}`,
  "too-often": `${HOLDS["too-often"]} ${SOON}`,
  busy: `${HOLDS.busy} ${SOON}`,
};

const REFUSALS: Readonly<Record<EndReason, string>> = {
  left: "Du hast den Raum verlassen.",
  kicked: "Die Moderation hat dich aus dem Raum entfernt.",
  banned: "Du kannst diesen Raum nicht mehr betreten: Die Moderation hat dich ausgesperrt.",
  denied: "Diesmal hat dich niemand eingelassen.",
  replaced: "Dieses Gespräch geht in einem anderen Tab oder Fenster weiter.",
  "password-required": "Dieser Raum hat ein Passwort. Frage, wer dich eingeladen hat.",
  "wrong-password": "Das ist nicht das Passwort dieses Raums.",
  "invalid-username": "Dieser Name geht nicht. Nimm 1 bis 64 gewöhnliche Zeichen.",
  "invalid-invitation":
    "Diese Einladung gilt nicht: Vielleicht ist sie abgelaufen, aufgebraucht oder zurückgenommen. Bitte um eine neue.",
  "room-locked":
    "Der Raum ist abgeschlossen, und niemand ist da, um dich einzulassen. Versuche es später noch einmal.",
  "room-full": "Der Raum ist voll. Versuche es noch einmal, wenn jemand gegangen ist.",
  "room-not-found":
    "Hier gibt es keinen solchen Raum. Prüfe den Link, oder eröffne einen neuen Raum.",
  "room-not-open": "Dieser Raum ist noch nicht offen. Komm wieder, wenn es losgeht.",
  "room-ended": "Der Raum wurde für alle geschlossen.",
  "not-allowed": "Du darfst diesen Raum nicht betreten.",
  ...LATER,
  unreachable:
    "Der Server ist nicht erreichbar. Prüfe deine Verbindung und versuche es noch einmal.",
};

const ENDED: Readonly<Partial<Record<EndReason, string>>> = {
  left: "Du bist gegangen",
  kicked: "Du wurdest entfernt",
  banned: "Du wurdest ausgesperrt",
  denied: "Du wurdest nicht eingelassen",
  replaced: "Das Gespräch ist woanders offen",
  "room-ended": "Der Raum ist zu Ende",
};

const LEFT: Readonly<Record<LeaveReason, (name: string) => string>> = {
  left: (name) => `${name} ist gegangen`,
  gone: (name) => `${name} hat die Verbindung verloren`,
  rejoined: (name) => `${name} ist wieder da`,
  kicked: (name) => `${name} wurde entfernt`,
  banned: (name) => `${name} wurde ausgesperrt`,
};

const ROLES: Readonly<Record<Role, string>> = {
  owner: "Besitz",
  moderator: "Moderation",
  guest: "Gast",
};

const ROLE_NEWS: Readonly<Record<Role, string>> = {
  owner: "Das ist jetzt dein Raum",
  moderator: "Du moderierst jetzt",
  guest: "Du moderierst nicht mehr",
};

const TROUBLES: Readonly<Record<RoomsProblem, string>> = {
  unreachable:
    "Der Server ist nicht erreichbar. Prüfe deine Verbindung und versuche es noch einmal.",
  "name-taken":
    "Es gibt schon einen Raum mit diesem Namen. Nimm einen anderen Namen, oder betritt jenen Raum.",
  "invalid-name": "Dieser Name geht nicht. Nimm 1 bis 64 gewöhnliche Zeichen.",
  "may-not-create": "Du kannst hier keine Räume anlegen.",
  "invalid-options":
    "Dieser Raum lässt sich nicht eröffnen. Sein Ende muss in der Zukunft liegen und nach der Öffnung, und beides nicht zu weit voraus.",
  "no-such-name":
    "Das ist weder ein Link zu einem Raum hier noch ein Name mit Buchstaben oder Ziffern.",
  ...LATER,
};

const INVITATION_PROBLEMS: Readonly<Record<InvitationProblem, string>> = {
  "too-many": "Mehr Einladungen kann der Raum nicht haben. Nimm erst eine zurück.",
  invalid: "Diese Einladung geht nicht. Prüfe Namen, Anzahl und Zeit.",
  failed: "Der Server hat das abgelehnt. Versuche es gleich noch einmal.",
};

const otherName = (typed: string, name: string): string =>
  `Du hast „${typed}“ getippt. Dieser Raum heißt „${name}“.`;

function newsOf(news: News): string {
  switch (news.kind) {
    case "joined":
      return `${news.name} ist da`;
    case "left":
      return LEFT[news.reason](news.name);
    case "waiting":
      return `${news.name} wartet auf Einlass`;
    case "said":
      return `${news.name}: ${news.text}`;
    case "role":
      return ROLE_NEWS[news.role];
    case "lock":
      return news.isLocked ? "Der Raum ist jetzt abgeschlossen" : "Der Raum ist wieder offen";
    case "device":
      return `${upperFirst(YOUR[news.device])} ist weg. Jetzt in Gebrauch: ${news.label}`;
    case "switched":
      return `${NAMES[news.device]} ${news.isOn ? "an" : "aus"}`;
    case "name":
      return otherName(news.typed, news.name);
    case "screen":
      return "Dein Bildschirm kann nicht geteilt werden. Erlaube es in den Einstellungen deines Systems.";
    case "servers":
      return `Das Gespräch geht ohne STUN- oder TURN-Server weiter, die dein Browser ablehnt: ${news.urls.join(", ")}`;
    case "forgotten":
      return "Der Server hat diese Nachricht nicht mehr, sie lässt sich nicht für alle entfernen.";
    case "refused":
      return "Der Server hat das abgelehnt. Versuche es gleich noch einmal.";
  }
}

const RATINGS: Readonly<Record<Rating, string>> = {
  good: "Gut",
  fair: "Mäßig",
  poor: "Schlecht",
};

const CONNECTIONS: Readonly<Record<PeerState, string>> = {
  new: "Noch nicht verbunden",
  connecting: "Verbindet sich",
  connected: "Verbunden",
  disconnected: "Unterbrochen",
  failed: "Verloren",
  closed: "Geschlossen",
  held: "Kommt später zustande",
  crowded: "Fehlt: Es sind so viele, wie es sein dürfen",
  refused: "Vom Browser abgelehnt",
  unanswered: "Ohne Antwort",
};

const PROBLEMS: Readonly<Record<ServerProblem, string>> = {
  url: "Eine Adresse sieht so aus: stun:stun.example.org oder turn:turn.example.org:3478?transport=tcp.",
  credential: "Ein TURN-Server braucht Benutzername und Passwort.",
};

const people = (count: number): string => (count === 1 ? "1 Person" : `${count} Personen`);

export const de: Texts = {
  language: "de",
  app: "Camus",
  titleOf: (room, unread) => `${unread > 0 ? `(${upToMany(unread)}) ` : ""}${room} – Camus`,
  crashed: "Auf dieser Seite ist etwas schiefgegangen.",
  reload: "Neu laden",
  broken: {
    message: "Diese Nachricht lässt sich nicht anzeigen.",
    tile: "Dieses Bild lässt sich nicht anzeigen.",
    person: "Diese Person lässt sich nicht anzeigen.",
    panel: "Das lässt sich nicht anzeigen. Schließe es und öffne es noch einmal.",
  },
  close: "Schließen",
  cancel: "Abbrechen",
  tryAgain: "Noch einmal versuchen",
  withKey: (label, key) => `${label} (Alt+${key})`,

  landing: {
    title: "Von Angesicht zu Angesicht, von Browser zu Browser.",
    lead: "Raum öffnen, Link schicken, reden. Kein Konto, nichts zu installieren.",
    newRoom: "Neuen Raum öffnen",
    creating: "Dein Raum wird geöffnet …",
    options: "Name, Passwort, Obergrenze oder Zeiten wählen",
    name: "Name des Raums",
    namePlaceholder: "Wyld Stallyns",
    password: "Passwort",
    none: "Keins",
    limit: "Höchstens so viele Personen",
    opens: "Öffnet für Gäste",
    ends: "Endet für alle",
    isPublic: "Auf dieser Seite für alle auflisten",
    create: "Raum anlegen",
    join: "Einen Raum betreten",
    joinLabel: "Link oder Name eines Raums",
    joinPlaceholder: "Link oder Name eines Raums",
    joinButton: "Betreten",
    rooms: "Öffentliche Räume",
    noRooms:
      "Kein öffentlicher Raum ist offen. Räume erscheinen hier, wenn sie dafür angelegt wurden.",
    loadingRooms: "Räume werden gesucht …",
    occupancy: (clients, limit) => `${clients} von ${limit} Personen`,
    protected: "Braucht ein Passwort",
    full: "Voll",
    facts: [
      "Bild und Ton gehen direkt von Person zu Person.",
      "Eine verlorene Verbindung kommt von selbst wieder.",
      "Dein Server, deine Räume.",
    ],
    troubles: TROUBLES,
  },

  prejoin: {
    ready: "Bereit?",
    otherName,
    back: "Zurück zum Anfang",
    name: "Dein Name",
    namePlaceholder: "So sehen dich die anderen",
    password: "Passwort des Raums",
    join: "Jetzt teilnehmen",
    joining: "Du kommst hinein …",
    preview: "So werden dich die anderen sehen",
    cameraOff: "Deine Kamera ist aus",
    cameraStarting: "Deine Kamera startet …",
    askingForDevices:
      "Vielleicht fragt dein Browser, ob diese Seite sie benutzen darf: Wähle „Zulassen“.",
    level: "Pegel deines Mikrofons",
    waiting: "Warten auf Einlass",
    waitingLead: "Drinnen weiß jemand, dass du da bist, und kann dich hereinlassen.",
    waitingAlone:
      "Der Raum ist abgeschlossen, und noch ist niemand da, der dich einlassen kann.",
    stopWaiting: "Nicht mehr warten",
    held: "Gerade ist kein Platz frei",
    heldLead: "Diese Seite versucht es von selbst wieder.",
    withoutInvitation: "Ohne die Einladung teilnehmen",
    notOpen: "Dieser Raum ist noch nicht offen",
    opens: (time) => `Er öffnet: ${time} (deine Ortszeit).`,
    notOpenLead: "Lass diese Seite offen, sie lässt dich von selbst hinein.",
    opensIn: (seconds) => `Er öffnet in ${seconds} s`,
    refusals: REFUSALS,
  },

  devices: {
    microphone: "Mikrofon",
    camera: "Kamera",
    none: "Nichts gefunden",
    default: "Standard",
    unnamed: (kind, index) => `${NAMES[kind]} ${index}`,
    turn: {
      microphone: { on: "Mikrofon einschalten", off: "Mikrofon stummschalten" },
      camera: { on: "Kamera einschalten", off: "Kamera ausschalten" },
    },
    choose: { microphone: "Mikrofon wählen", camera: "Kamera wählen" },
    faultOf,
  },

  call: {
    controls: "Steuerung des Gesprächs",
    stage: "Bilder der Teilnehmenden",
    share: "Bildschirm teilen",
    stopSharing: "Bildschirm nicht mehr teilen",
    chatWith: (unread) => (unread > 0 ? `Chat, ${upToMany(unread)} ungelesen` : "Chat"),
    peopleWith: (count, waiting) =>
      waiting > 0
        ? `Personen, ${count} im Raum, ${waiting} warten`
        : `Personen, ${count} im Raum`,
    invite: "Einladen",
    leave: "Verlassen",
    leaveTitle: "Das Gespräch verlassen?",
    leaveLead: "Die anderen bleiben. Mit demselben Link kommst du wieder herein.",
    stay: "Bleiben",
    locked: "Abgeschlossen",
    alone: "Du bist allein hier",
    aloneLead: "Schicke diesen Link denen, mit denen du reden möchtest.",
    reconnecting: "Verbindung verloren. Sie wird wiederhergestellt …",
    holds: HOLDS,
    nextTry: (seconds) => `Nächster Versuch in ${seconds} s`,
    offline: "Du bist offline. Das Gespräch geht weiter, sobald du zurück bist.",
    tryNow: "Jetzt versuchen",
    silenced: "Dein Browser hält den Ton zurück.",
    soundOn: "Ton einschalten",
  },

  tile: {
    you: "Du",
    nameOf: (name, isMe) => (isMe ? `${name} (du)` : name),
    screenOf: (name, isMe) => (isMe ? "Dein Bildschirm" : `Bildschirm von ${name}`),
    muted: "Mikrofon aus",
    pin: (what) => `${what} groß zeigen`,
    unpin: (what) => `${what} wie die anderen zeigen`,
    connecting: "Verbindet sich …",
    lost: "Verbindung verloren. Sie wird wiederhergestellt …",
    without: {
      held: "Verbindet sich gleich …",
      crowded: "Kein Ton und kein Bild: Mehr Verbindungen schafft dein Browser nicht.",
      refused: "Dein Browser baut keine Verbindung auf. Neuer Versuch …",
      unanswered: "Bisher kein Ton und kein Bild.",
    },
    speaking: "spricht",
    hidden: "Bild von dir ausgeblendet",
  },

  tileMenu: {
    of: (what) => `Mehr zu ${what}`,
    volume: "Lautstärke",
    percent: (value) => `${value} %`,
    hide: "Bild ausblenden",
    show: "Bild einblenden",
    float: "Bild im Bild",
    unfloat: "Bild im Bild beenden",
    fill: "Vollbild",
    unfill: "Vollbild beenden",
    earlier: "Nach vorn rücken",
    later: "Nach hinten rücken",
    moved: (what, position, count) => `${what} ist jetzt ${position} von ${count}`,
  },

  connection: {
    with: (name) => `Verbindung mit ${name}`,
    state: "Zustand",
    states: CONNECTIONS,
    rating: "Qualität",
    ratings: RATINGS,
    path: "Weg",
    paths: { direct: "Direkt", relayed: "Über TURN" },
    received: "Empfangen",
    sent: "Gesendet",
    loss: "Pakete verloren",
    roundTrip: "Hin und zurück",
    kilobits: (value) => `${value} kbit/s`,
    percent: (value) => `${value} %`,
    milliseconds: (value) => `${value} ms`,
    unknown: "–",
  },

  settings: {
    title: "Einstellungen",
    language: "Sprache",
    resolution: "Bild deiner Kamera",
    automatic: "Automatisch",
    servers: "Eigene STUN- und TURN-Server",
    serversLead:
      "Sie werden neben denen dieses Camus-Servers benutzt, für Netze, die sonst nichts durchlassen. Sie bleiben in diesem Browser.",
    url: "Adresse",
    username: "Benutzername",
    credential: "Passwort",
    add: "Server hinzufügen",
    remove: (url) => `${url} entfernen`,
    problems: PROBLEMS,
  },

  chat: {
    title: "Chat",
    messages: "Nachrichten",
    empty: "Noch keine Nachrichten. Was du hier schreibst, können alle im Raum lesen.",
    write: "Nachricht schreiben",
    send: "Senden",
    you: "Du",
    sending: "Wird gesendet …",
    failed: "Vielleicht nicht angekommen.",
    again: "Noch einmal senden",
    whole: "Alles anzeigen",
    latest: "Neueste Nachrichten",
    remove: "Für alle entfernen",
    removeNamed: (name, excerpt) => `Für alle entfernen: ${name}: ${excerpt}`,
    removeTitle: "Diese Nachricht entfernen?",
    removeLead: "Sie verschwindet für alle im Raum, und für alle, die später kommen.",
    removeDo: "Entfernen",
    more: (count) =>
      count === 1 ? "1 weitere Nachricht" : `${upToMany(count)} weitere Nachrichten`,
  },

  people: {
    title: "Personen",
    inRoom: "Im Raum",
    waiting: "Warten auf Einlass",
    roles: ROLES,
    you: "(du)",
    lock: "Raum abschließen",
    lockLead: "Wer neu kommt, wartet, bis du öffnest.",
    actionsFor: (name) => `Aktionen für ${name}`,
    makeModerator: "Moderieren lassen",
    makeGuest: "Moderation entziehen",
    kick: "Aus dem Raum entfernen",
    ban: "Aus dem Raum aussperren",
    kickTitle: (name) => `${name} entfernen?`,
    kickLead: "Das Gespräch endet dort sofort; mit dem Link geht es wieder herein.",
    kickDo: "Entfernen",
    banTitle: (name) => `${name} aussperren?`,
    banLead: "Das Gespräch endet dort sofort; in diesen Raum geht es nicht mehr.",
    banDo: "Aussperren",
    admit: "Einlassen",
    deny: "Abweisen",
    admitNamed: (name) => `${name} einlassen`,
    denyNamed: (name) => `${name} abweisen`,
    oneWaits: (name) => `${name} wartet auf Einlass`,
    manyWait: (count) => `${people(count)} warten auf Einlass`,
    seeThem: "Wer?",
    banned: "Ausgesperrt",
    nobodyBanned: "Niemand ist aus diesem Raum ausgesperrt.",
    bannedUnknown: "Jemand, dessen Name nicht bekannt ist",
    bannedBy: (name) => `von ${name}`,
    bannedUntil: (time) => `bis ${time}`,
    unban: "Zurücknehmen",
    unbanNamed: (name) => `Sperre von ${name} zurücknehmen`,
    unbanRefused: "Nur wem der Raum gehört, kann diese Sperre zurücknehmen.",
    microphoneOn: "Mikrofon an",
    microphoneOff: "Mikrofon aus",
    cameraOn: "Kamera an",
    cameraOff: "Kamera aus",
    sharing: "Teilt den Bildschirm",
    alike: "Jemand anderes hat einen Namen, der so aussieht",
  },

  invite: {
    title: "Einladen",
    lead: "Wer diesen Link hat, kann in den Raum kommen, mit dem Passwort, falls er eines hat.",
    link: "Link zu diesem Raum",
    copy: "Link kopieren",
    copied: "Kopiert",
    share: "Teilen …",
    shareText: "Komm in meinen Raum:",
    invitations: "Einladungen",
    invitationsLead:
      "Eine Einladung lässt ohne das Passwort des Raums herein, und du kannst sie zurücknehmen.",
    name: "Für wen oder wofür",
    role: "Herein kommen sie als",
    uses: "Wie viele Personen",
    anyNumber: "Beliebig viele",
    expires: "Bis",
    make: "Einladung erstellen",
    made: "Kopiere diesen Link jetzt, er wird nicht noch einmal gezeigt.",
    invitationLink: "Link der neuen Einladung",
    copyInvitation: "Einladung kopieren",
    unnamed: "Einladung ohne Namen",
    used: (used, uses) => (uses === null ? `${used} gekommen` : `${used} von ${uses} gekommen`),
    until: (time) => `bis ${time}`,
    madeBy: (made) => `von ${made}`,
    revoke: "Zurücknehmen",
    revokeNamed: (name) => `Zurücknehmen: ${name}`,
    revokeRefused: "Nur wem der Raum gehört, kann diese Einladung zurücknehmen.",
    problems: INVITATION_PROBLEMS,
  },

  end: {
    titles: ENDED,
    lost: "Das Gespräch ist zu Ende",
    reasons: REFUSALS,
    words: "Die Moderation schreibt:",
    again: "Wieder teilnehmen",
    here: "Hier weiterführen",
    home: "Zurück zum Anfang",
  },

  notices: {
    title: "Was geschehen ist",
    of: newsOf,
    more: (count) => `Und ${upToMany(count)} weitere`,
  },
};
