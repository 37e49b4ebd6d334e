// The order of the tiles, where the user has changed it.

/**
 * Returns the tiles in the chosen order. A tile that isn't in the order keeps its place, so
 * members that join or leave don't disturb it.
 */
export function ordered<Tile extends { readonly id: string }>(
  tiles: readonly Tile[],
  order: readonly string[],
): readonly Tile[] {
  const byId = new Map(tiles.map((tile) => [tile.id, tile]));
  const arranged = order.flatMap((id) => byId.get(id) ?? []).values();
  return tiles.map((tile) =>
    order.includes(tile.id) ? (arranged.next().value ?? tile) : tile,
  );
}

/** Returns the ids with these two swapped. */
export function swapped(ids: readonly string[], one: string, other: string): readonly string[] {
  return ids.map((id) => (id === one ? other : id === other ? one : id));
}
