// In which order the tiles are shown, where a person has changed it.

/**
 * Returns the tiles in the order that was chosen. One that the order doesn't know keeps its own
 * place: nobody who comes or goes disturbs what was arranged.
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

/** Returns the ids with these two in each other's place. */
export function swapped(ids: readonly string[], one: string, other: string): readonly string[] {
  return ids.map((id) => (id === one ? other : id === other ? one : id));
}
