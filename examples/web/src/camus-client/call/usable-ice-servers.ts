// The STUN and TURN servers that a browser accepts: it throws at the others and creates no
// connection.

/** The servers that can be used, and the URLs of those that the browser refuses. */
export interface UsableIceServers {
  readonly servers: readonly RTCIceServer[];
  readonly refused: readonly string[];
}

/** The number of servers tested one by one; browsers warn of more than a few. */
const MAX_TRIED = 32;

/**
 * Returns which servers the browser accepts. Of a server with several URLs the valid ones
 * remain.
 *
 * @param accepts - returns whether the browser creates a connection with these servers.
 */
export function usableIceServers(
  servers: readonly RTCIceServer[],
  accepts: (servers: readonly RTCIceServer[]) => boolean,
): UsableIceServers {
  if (servers.length === 0 || accepts(servers)) return { servers, refused: [] };
  if (!accepts([])) return { servers, refused: [] }; // the servers aren't the reason
  const single = servers.flatMap((server) =>
    [server.urls].flat().map((url) => ({ ...server, urls: [url] })),
  );
  const good = single.slice(0, MAX_TRIED).filter((server) => accepts([server]));
  while (good.length > 0 && !accepts(good)) good.pop();
  const refused = single.filter((server) => !good.includes(server));
  return { servers: good, refused: refused.flatMap(({ urls }) => urls) };
}
