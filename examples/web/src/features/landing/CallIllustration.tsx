// A drawing of a call for the landing page.

/** The position and colour of each tile, and the colours of hair, skin and clothes. */
const FACES = [
  { x: 0, y: 0, tile: 1, look: 1 },
  { x: 1, y: 0, tile: 2, look: 2 },
  { x: 0, y: 1, tile: 3, look: 3 },
  { x: 1, y: 1, tile: 4, look: 4 },
] as const;

export function CallIllustration() {
  return (
    <svg className="mosaic" viewBox="0 0 408 272" aria-hidden="true" focusable="false">
      {FACES.map(({ x, y, tile, look }) => (
        <svg key={tile} x={x * 208} y={y * 140} width="200" height="132" viewBox="0 0 200 132">
          <rect className={`mosaic-tile-${tile}`} width="200" height="132" rx="16" />
          <g className={`mosaic-look-${look}`}>
            <path className="mosaic-skin" d="M87 74h26v28H87Z" />
            <path
              className="mosaic-clothes"
              d="M44 132c3-25 19-36 42-40 4 9 24 9 28 0 23 4 39 15 42 40Z"
            />
            <circle className="mosaic-skin" cx="100" cy="58" r="25" />
            <path
              className="mosaic-hair"
              d="M73 58c-2-20 9-33 27-33s30 12 27 33c-4-11-12-16-22-17-12-1-26 4-32 17Z"
            />
          </g>
        </svg>
      ))}
      <rect className="mosaic-ring" x="210" y="2" width="196" height="128" rx="15" />
    </svg>
  );
}
