// The app's URLs. The hash names the room, so the app works below any path without the server's
// help.

import { ROOM_ID, withInvitation } from "../camus-client";

const IS_ROOM_ID = new RegExp(ROOM_ID);
const MAX_ID_LENGTH = 64;

/** Returns the room id in the hash of a URL, or null. */
export function roomIdInHash(hash: string): string | null {
  const id = hash.replace(/^#\/?/, "").replace(/\?.*$/, "");
  return IS_ROOM_ID.test(id) ? id : null;
}

/**
 * Returns the hash of a room's page, with the secret of an invitation if there is one; without a
 * room, that of the landing page.
 */
export function hashOf(roomId: string | null, invitation: string | null = null): string {
  const hash = `#/${roomId ?? ""}`;
  return invitation === null ? hash : withInvitation(hash, invitation);
}

/** Returns the invitation link of a room. */
export function roomLink(roomId: string, page: string): string {
  const url = new URL(page);
  url.search = "";
  url.hash = hashOf(roomId);
  return url.href;
}

/** A link in a text, or a link without its scheme; the server reads texts in the same way. */
const LINK = /\S*:\/\/\S*|^\S*(?:\/#|#\/|\/room\/)\S*$/;

/**
 * Returns what the server has to know of a typed name or a pasted link. What stands behind the
 * room in the fragment may be a secret between those who have the link.
 */
export function textToFind(text: string): { readonly name: string; readonly isLink: boolean } {
  const typed = text.trim();
  const [link] = LINK.exec(typed) ?? [];
  return link === undefined
    ? { name: typed, isLink: false }
    : { name: link.replace(/(#\/?[^/?#&]*).*$/, "$1"), isLink: true };
}

/**
 * Returns the room id for a typed name or a pasted link, or null if it contains none, where the
 * server is too old to find rooms. A newer server is asked, since it makes other ids of some
 * names.
 */
export function roomIdInText(text: string): string | null {
  const [, inHash] = /#\/?([^/?#]+)\/?$/.exec(text.trim()) ?? [];
  const [, inPath] = /\/room\/([^/?#]+)/.exec(text) ?? [];
  if (text.includes("://") && (inHash ?? inPath) === undefined) return null;
  const id = (inHash ?? inPath ?? text)
    .normalize("NFKD")
    .replace(/\p{Mark}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, MAX_ID_LENGTH)
    .replace(/^-+|-+$/g, "");
  return IS_ROOM_ID.test(id) ? id : null;
}

/** Returns the title of a room with this id. */
export function roomTitle(roomId: string): string {
  const words = roomId.replace(/-+/g, " ").trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Returns the WebSocket URL of the server that has served this page. */
export function webSocketUrl(page: string): string {
  const url = new URL("ws", page);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  url.search = url.hash = "";
  return url.href;
}
