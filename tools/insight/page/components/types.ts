// SPDX-License-Identifier: MIT OR Apache-2.0
// Types that the components share: what a snapshot says, what is made of it, and what they are told. There is nothing here to run.

export type Kind = 'frame' | 'pool' | 'heap' | 'scratch';

export interface Budget {
  limit: number;
  used: number;
  percent: number;
}
export interface Thread {
  id: string;
  name: string;
  frame_bytes: number;
  pool_bytes: number;
  heap_bytes: number;
  peak_bytes: number;
  reserved_bytes?: number;
  budget: Budget | null;
  pool_budget?: Budget | null;
}
export interface Tag {
  path: string;
  thread: string;
  alloc_kind: Kind;
  alloc_count: number;
  bytes: number;
  diagnostics: string[];
}
export interface Limit {
  tag: string;
  scope: 'global' | 'tag';
  soft_limit: number;
  hard_limit: number;
  used: number;
  peak: number;
  denials: number;
}
export interface Phase {
  name: string;
  count: number;
  bytes_last_frame: number;
  bytes_peak_frame: number;
  duration_us_last_frame: number;
  duration_us_max: number;
}
export interface Diagnostic {
  code: string;
  tag: string | null;
  message: string;
}
export interface Heap {
  index: number;
  size: number;
  limit: number;
  budget: number;
  reserved: number;
  used: number;
  external: number;
  denials: number;
  device_local: boolean;
  measured: boolean;
}
export interface DeviceTag {
  path: string;
  bytes: number;
  peak_bytes: number;
  subtree_bytes: number;
  limit: number;
  denials: number;
}
export interface Device {
  name: string;
  frame: number;
  totals: Record<string, number>;
  heaps: Heap[];
  tags: DeviceTag[];
}
export interface Pool {
  block_bytes: number;
  pages: number;
  blocks: number;
  free_blocks: number;
  allocations: number;
}
export interface Site {
  file: string;
  line: number;
  function: string;
  type: string;
  tag: string;
  alloc_kind: Kind;
  count: number;
  bytes: number;
  age_frames: number;
}
export interface Summary {
  frame_bytes: number;
  pool_bytes: number;
  heap_bytes: number;
  total_bytes: number;
  peak_bytes: number;
  reserved_bytes?: number;
  idle_bytes?: number;
}
export interface Snapshot {
  version: number;
  timestamp: string;
  frame: number;
  duration_us: number;
  process?: { id: number; name: string };
  summary: Summary;
  threads: Thread[];
  tags: Tag[];
  phases?: Phase[];
  budgets?: Limit[];
  promotions: { to_pool: number; to_heap: number; to_scratch?: number; failed: number };
  transfers: { pending: number; completed_this_frame: number };
  deferred: { queue_depth: number; processed_this_frame: number };
  diagnostics: Diagnostic[];
  gpu?: { devices: Device[] } | null;
  pools?: Pool[];
  handles?: Record<string, number> | null;
  streaming?: Record<string, number> | null;
  sites?: Site[];
}

/** What the charts draw of one snapshot. */
export interface Point {
  frame: number;
  us: number;
  frameBytes: number;
  poolBytes: number;
  heapBytes: number;
}

/** Bytes of a path, apart by whether they end with the frame. */
export interface PathBytes {
  transient: number;
  held: number;
  count: number;
}

/** A tag; all but `own`, `count` and `codes` are with what is below it. Those that no snapshot names sum up their children. */
export interface Node {
  path: string;
  name: string;
  own: number;
  count: number;
  codes: string[];
  bytes: number;
  /** Of frames and scratch. */
  transient: number;
  pool: number;
  heap: number;
  children: Node[];
}

/** A path and kind in two snapshots. */
export interface Delta {
  path: string;
  kind: Kind;
  before: number;
  after: number;
  delta: number;
}

export type Scope = 'global' | 'tag' | 'thread' | 'thread-pool';

export interface BudgetRow {
  scope: Scope;
  /** Path of the tag, name of the thread, '' of the program. */
  tag: string;
  used: number;
  peak: number;
  limit: number;
  /** The soft limit, where there is a hard one above it; else 0. */
  soft: number;
  percent: number;
  denials: number;
}
export interface Level extends BudgetRow {
  key: string;
  /** What counts: used, or the peak where that grew since the snapshot before. */
  level: number;
}

export interface Place {
  /** As the message spells it: "src/map.cpp:7". */
  text: string;
  file: string;
  line: number;
}
export interface ProblemRow {
  file: string;
  reason: string;
}
export interface CodeRow {
  severity: string;
  meaning: string;
}

export type State = 'empty' | 'live' | 'stopped' | 'restricted';

/** What the view shows. */
export interface Shown {
  state: State;
  directory: string;
  name: string;
  pid: number | null;
  run: number;
  /** Of the run so far. */
  snapshots: number;
  snapshot: Snapshot | null;
  /** All points, or those that came since the last time. */
  reset: boolean;
  points: Point[];
  /** Most bytes of a path with all below it, in this run. */
  peaks: Record<string, number>;
  /** The same in the first snapshot of the run; a path that is missing had none. */
  firsts: Record<string, number>;
  budgets: BudgetRow[];
  threshold: number;
  problems: ProblemRow[];
  places: Place[];
  /** Of the codes that the snapshot has. */
  codes: Record<string, CodeRow>;
}

export interface Actions {
  goTo(place: Place): void;
  explain(code: string): void;
}

/** A section of the view. */
export interface Part {
  root: HTMLElement;
  show(shown: Shown, snapshot: Snapshot, tree: readonly Node[]): void;
}

/** What draws lines over frames: uPlot in the editor, SVG in the page of `fa insight`. */
export interface Plot {
  show(points: readonly Point[]): void;
  /** Effect: draws anew, in the colours that the page has now. */
  repaint(): void;
}
export interface PlotWanted {
  box: HTMLElement;
  /** Lines from the lowest to the highest; where there are several they are stacked. */
  series: { color: string; values: (point: Point) => number }[];
  label(value: number): string;
  /** A value that is marked, such as the frame time of 60 Hz; 0: none. */
  aim: number;
  /** Of what units of the axis are a power. */
  base: 10 | 1024;
  /** Says which point is pointed at; undefined: none. */
  onHover(index: number | undefined): void;
}
export type MakePlot = (wanted: PlotWanted) => Plot;
