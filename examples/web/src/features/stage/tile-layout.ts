// The layout of the tiles: positions and sizes, as large as the space allows.

/** A size in pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** The position and size of a tile. */
export interface Box extends Size {
  readonly left: number;
  readonly top: number;
}

/** Pixels between two tiles. */
const GAP = 8;

/** The range of aspect ratios in which a face fits; cameras of upright phones are narrower. */
const WIDEST = 16 / 9;
const NARROWEST = 1;
const NARROWEST_UPRIGHT = 3 / 4;

/**
 * The fraction of the space for the other tiles beside the featured one, and its minimum in
 * pixels.
 */
const STRIP_SHARE = 0.2;
const MIN_STRIP = 112;

/** Returns the boxes of so many equal tiles in a centred grid. */
export function gridLayout(count: number, space: Size): Box[] {
  const columns = bestColumns(count, space);
  const rows = Math.ceil(count / columns);
  const { width, height } = tileIn(columns, rows, space);
  const top = (space.height - rows * height - (rows - 1) * GAP) / 2;
  return Array.from({ length: count }, (_, index) => {
    const row = Math.floor(index / columns);
    const inRow = Math.min(columns, count - row * columns);
    const left = (space.width - inRow * width - (inRow - 1) * GAP) / 2;
    return {
      left: left + (index % columns) * (width + GAP),
      top: top + row * (height + GAP),
      width,
      height,
    };
  });
}

/** Returns the box of the featured tile, and those of the others in a strip beside it. */
export function featuredLayout(others: number, space: Size): { large: Box; rest: Box[] } {
  if (others === 0) return { large: { left: 0, top: 0, ...space }, rest: [] };
  const isWide = space.width > space.height;
  const along = isWide ? space.width : space.height;
  const strip = Math.max(MIN_STRIP, along * STRIP_SHARE);
  const start = along - strip;
  if (isWide) {
    const boxes = gridLayout(others, { width: strip, height: space.height });
    const large = { left: 0, top: 0, width: start - GAP, height: space.height };
    return { large, rest: boxes.map((box) => ({ ...box, left: box.left + start })) };
  }
  const boxes = gridLayout(others, { width: space.width, height: strip });
  const large = { left: 0, top: 0, width: space.width, height: start - GAP };
  return { large, rest: boxes.map((box) => ({ ...box, top: box.top + start })) };
}

function bestColumns(count: number, space: Size): number {
  let best = { columns: 1, area: -1 };
  for (let columns = 1; columns <= count; columns += 1) {
    const { width, height } = tileIn(columns, Math.ceil(count / columns), space);
    if (width * height > best.area) best = { columns, area: width * height };
  }
  return best.columns;
}

/** Returns the largest tile size of which so many columns and rows fit. */
function tileIn(columns: number, rows: number, space: Size): Size {
  const width = Math.max(0, (space.width - (columns - 1) * GAP) / columns);
  const height = Math.max(0, (space.height - (rows - 1) * GAP) / rows);
  const narrowest = space.width > space.height ? NARROWEST : NARROWEST_UPRIGHT;
  return {
    width: Math.min(width, height * WIDEST),
    height: Math.min(height, width / narrowest),
  };
}
