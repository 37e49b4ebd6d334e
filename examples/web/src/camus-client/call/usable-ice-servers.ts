// Which STUN and TURN servers a browser takes: it throws at the others, and makes no connection.

/** What of some servers may be used, and the URLs of those that the browser refuses. */
export interface Usable {
  readonly servers: readonly RTCIceServer[];
  readonly refused: readonly string[];
}

/** Each is tried alone where one is refused, and browsers warn of more than a few. */
const MOST_TRIED = 32;

/**
 * Asks the browser which servers it takes. Of a server with several URLs the good ones are used.
 *
 * @param takes - tells whether the browser makes a connection with these.
 */
export function usableServers(
  servers: readonly RTCIceServer[],
  takes: (servers: readonly RTCIceServer[]) => boolean,
): Usable {
  if (servers.length === 0 || takes(servers)) return { servers, refused: [] };
  if (!takes([])) return { servers, refused: [] }; // it is not for the servers
  const single = servers.flatMap((server) =>
    [server.urls].flat().map((url) => ({ ...server, urls: [url] })),
  );
  const good = single.slice(0, MOST_TRIED).filter((server) => takes([server]));
  while (good.length > 0 && !takes(good)) good.pop();
  const refused = single.filter((server) => !good.includes(server));
  return { servers: good, refused: refused.flatMap(({ urls }) => urls) };
}
