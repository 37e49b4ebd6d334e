// Which STUN and TURN servers a browser accepts: it throws at the others, and makes no connection.

/** What of some servers may be used, and the URLs of those that the browser refuses. */
export interface UsableIceServers {
  readonly servers: readonly RTCIceServer[];
  readonly refused: readonly string[];
}

/** Each is tried alone where one is refused, and browsers warn of more than a few. */
const MOST_TRIED = 32;

/**
 * Asks the browser which servers it accepts. Of a server with several URLs the good ones are used.
 *
 * @param accepts - tells whether the browser makes a connection with these.
 */
export function usableIceServers(
  servers: readonly RTCIceServer[],
  accepts: (servers: readonly RTCIceServer[]) => boolean,
): UsableIceServers {
  if (servers.length === 0 || accepts(servers)) return { servers, refused: [] };
  if (!accepts([])) return { servers, refused: [] }; // it is not for the servers
  const single = servers.flatMap((server) =>
    [server.urls].flat().map((url) => ({ ...server, urls: [url] })),
  );
  const good = single.slice(0, MOST_TRIED).filter((server) => accepts([server]));
  while (good.length > 0 && !accepts(good)) good.pop();
  const refused = single.filter((server) => !good.includes(server));
  return { servers: good, refused: refused.flatMap(({ urls }) => urls) };
}
