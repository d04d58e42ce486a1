export interface Edge {
  from: string;
  to: string;
}

export interface Spot {
  x: number;
  y: number;
}

export interface Layout {
  width: number;
  height: number;
  /** The left upper corner of each box. */
  spots: Map<string, Spot>;
}

export const BOX = { width: 168, height: 56 };
const GAP = { x: 96, y: 26 };
/** Room for lines that leave a box on the side where none stands. */
const MARGIN = 40;
const ALONE_IN_A_ROW = 4;

/**
 * Boxes in columns by how many links they are away from the box with the most, group by group; those without links
 * stand in rows below.
 */
export function layout(ids: string[], edges: Edge[]): Layout {
  const near = neighbours(ids, edges);
  const degree = (id: string) => near.get(id)?.size ?? 0;
  const rest = new Set(ids.filter((id) => degree(id) > 0));
  const spots = new Map<string, Spot>();
  let top = 0;
  while (rest.size > 0) {
    const root = [...rest].reduce((best, id) => (degree(id) > degree(best) ? id : best));
    const columns = levels(root, near);
    const rows = Math.max(...columns.map((column) => column.length));
    columns.forEach((column, level) => {
      const start = top + ((rows - column.length) * (BOX.height + GAP.y)) / 2;
      column.forEach((id, row) => {
        spots.set(id, spot(level, start + row * (BOX.height + GAP.y)));
        rest.delete(id);
      });
    });
    top += rows * (BOX.height + GAP.y);
  }
  const alone = ids.filter((id) => !spots.has(id));
  alone.forEach((id, index) => {
    const row = Math.floor(index / ALONE_IN_A_ROW);
    spots.set(id, spot(index % ALONE_IN_A_ROW, top + row * (BOX.height + GAP.y)));
  });
  const all = [...spots.values()];
  return {
    width: Math.max(0, ...all.map(({ x }) => x)) + BOX.width + MARGIN,
    height: Math.max(0, ...all.map(({ y }) => y)) + BOX.height,
    spots,
  };
}

const spot = (column: number, y: number): Spot => ({ x: column * (BOX.width + GAP.x), y });

function neighbours(ids: string[], edges: Edge[]) {
  const near = new Map(ids.map((id) => [id, new Set<string>()]));
  for (const { from, to } of edges) {
    if (from === to || !near.has(from) || !near.has(to)) continue;
    near.get(from)?.add(to);
    near.get(to)?.add(from);
  }
  return near;
}

function levels(root: string, near: Map<string, Set<string>>) {
  const seen = new Set([root]);
  const columns: string[][] = [];
  let level = [root];
  while (level.length > 0) {
    columns.push(level);
    const next = new Set(level.flatMap((id) => [...(near.get(id) ?? [])]));
    level = [...next].filter((id) => !seen.has(id));
    for (const id of level) seen.add(id);
  }
  return columns;
}

export interface Line {
  path: string;
  start: Spot;
  end: Spot;
}

/** Ends of lines on one side of a box stand so far apart, as long as there is room. */
const PORT_GAP = 14;
/** How far a line goes out that comes back to the same column. */
const BULGE = 44;

interface Port {
  edge: number;
  isEnd: boolean;
  /** Where the line leads, so that lines do not cross at the box. */
  towards: number;
}

/** From box to box: across to another column, out and back in the same one; `undefined` where a box is missing. */
export function lines(edges: Edge[], spots: Map<string, Spot>): (Line | undefined)[] {
  const sides = new Map<string, Port[]>();
  const ends = edges.map(({ from, to }, edge) => {
    const [one, other] = [spots.get(from), spots.get(to)];
    if (!one || !other) return undefined;
    const isRight = other.x >= one.x;
    const start = { box: one, side: `${from} ${isRight}`, x: one.x + (isRight ? BOX.width : 0) };
    const isBack = other.x <= one.x;
    const end = { box: other, side: `${to} ${isBack}`, x: other.x + (isBack ? BOX.width : 0) };
    note(sides, start.side, { edge, isEnd: false, towards: other.y });
    note(sides, end.side, { edge, isEnd: true, towards: one.y });
    return { start, end, isSameColumn: one.x === other.x };
  });
  return ends.map((pair, edge) => {
    if (!pair) return undefined;
    const start = { x: pair.start.x, y: portOf(sides, pair.start, edge, false) };
    const end = { x: pair.end.x, y: portOf(sides, pair.end, edge, true) };
    const turn = pair.isSameColumn ? start.x + BULGE : (start.x + end.x) / 2;
    const path = `M${start.x} ${start.y} C${turn} ${start.y} ${turn} ${end.y} ${end.x} ${end.y}`;
    return { path, start, end };
  });
}

function note(sides: Map<string, Port[]>, side: string, port: Port) {
  sides.set(side, [...(sides.get(side) ?? []), port]);
}

function portOf(
  sides: Map<string, Port[]>,
  { box, side }: { box: Spot; side: string },
  edge: number,
  isEnd: boolean,
) {
  const ports = (sides.get(side) ?? []).toSorted(
    (one, other) => one.towards - other.towards || one.edge - other.edge,
  );
  const place = ports.findIndex((port) => port.edge === edge && port.isEnd === isEnd);
  const gap = Math.min(PORT_GAP, (BOX.height - 12) / Math.max(1, ports.length - 1));
  return box.y + BOX.height / 2 + (place - (ports.length - 1) / 2) * gap;
}
