// SPDX-License-Identifier: MIT OR Apache-2.0
// Everything from a snapshot reaches the page through textContent: it may hold any text.
'use strict';
const given = JSON.parse(document.getElementById('data').textContent);
const byId = (id) => document.getElementById(id);
const MOST_POINTS = 600;
const state = {latest: 0, seen: 0, points: [], now: null, firstTags: new Map(), paused: false, hover: -1,
               folded: new Set()};

function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key === 'class') element.className = value;
    else if (key === 'on') element.addEventListener('click', value);
    else if (key === 'width') element.style.width = value;
    else if (key === 'left') element.style.left = value;
    else element.setAttribute(key, value);
  }
  for (const child of children) if (child !== null) element.append(child);
  return element;
}
function draw(name, attributes, text) {
  const element = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text !== undefined) element.textContent = text;
  return element;
}

// --- numbers
const number = (value) => (typeof value === 'number' && Number.isFinite(value) ? value : 0);
const count = (value) => number(value).toLocaleString('en-US');
function bytes(value) {
  let size = Math.abs(number(value)), unit = 0;
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  while (size >= 1024 && unit < units.length - 1) { size /= 1024; ++unit; }
  const digits = unit === 0 || size >= 100 ? 0 : size >= 10 ? 1 : 2;
  return (value < 0 ? '−' : '') + size.toFixed(digits) + ' ' + units[unit];
}
const time = (us) => (us >= 1000 ? (us / 1000).toFixed(us >= 100000 ? 0 : 2) + ' ms' : count(us) + ' µs');
const percent = (part, whole) => (whole > 0 ? (100 * part) / whole : 0);

// --- taking snapshots in
// A snapshot may hold anything where something else is expected: null, a number, a text.
const list = (value) => (Array.isArray(value) ? value : []);
const object = (value) => (value !== null && typeof value === 'object' && !Array.isArray(value) ? value : {});
const rows_of = (value) => list(value).filter((row) => row !== null && typeof row === 'object');
function tagBytes(snapshot) {
  const all = new Map();
  for (const tag of rows_of(snapshot.tags)) {
    const path = String(tag.path ?? '');
    all.set(path, (all.get(path) ?? 0) + number(tag.bytes));
  }
  return all;
}
const held = (point) => point.frame_bytes + point.pool_bytes + point.heap_bytes;
function take(answer) {
  for (const {sequence, data} of list(answer.snapshots)) {
    const last = state.now;
    const other = last && (number(data.frame) < number(last.frame) ||
                           (data.process && last.process && data.process.id !== last.process.id));
    if (!last || other) { state.points = []; state.firstTags = tagBytes(data); }
    const summary = object(data.summary);
    if (last && !other && last.frame === data.frame) state.points.pop();
    state.points.push({frame: number(data.frame), time: number(data.duration_us),
                       frame_bytes: number(summary.frame_bytes), pool_bytes: number(summary.pool_bytes),
                       heap_bytes: number(summary.heap_bytes)});
    if (state.points.length > MOST_POINTS) state.points.shift();
    state.now = data;
    state.latest = Math.max(state.latest, sequence);
    ++state.seen;
  }
  byId('problems').replaceChildren(...list(answer.problems).map((text) => make('li', {}, text)));
  show();
}

// --- showing them
function show() {
  const snapshot = state.now;
  byId('content').hidden = !snapshot;
  byId('empty').hidden = Boolean(snapshot);
  if (!snapshot) return showEmpty();
  document.title = `frame ${snapshot.frame} · framealloc insight`;
  document.body.dataset.seen = state.seen;
  const process = snapshot.process;
  byId('process').textContent = process ? `${process.name} (process ${process.id})` : '';
  showTiles(snapshot);
  showBytes();
  showTimes();
  showTags(snapshot);
  showBudgets(snapshot);
  showDevices(snapshot);
  showThreads(snapshot);
  showPhases(snapshot);
  showFlows(snapshot);
  showParts(snapshot);
  showDiagnostics(snapshot);
}
function showEmpty() {
  byId('empty').replaceChildren(
      make('h2', {}, 'No snapshot yet'),
      make('p', {}, 'This page shows what a game holds as soon as the game writes its first snapshot into ',
           make('b', {}, given.directory), '. The game needs an emitter and asks it once a frame:'),
      make('pre', {}, `framealloc::SnapshotEmitter emitter(framealloc::SnapshotConfig()
    .with_directory(${JSON.stringify(given.directory)})
    .with_version(2));
...
alloc.end_frame();
if (emitter.wanted()) emitter.emit(alloc.snapshot());`),
      make('p', {}, given.live ? 'It is asked for a snapshot while this page is open; nothing else is to do. '
                               : 'This page was written without one. ',
           'To see the page at work: fa demo --snapshots DIR, and fa insight --directory DIR.'));
}
function showTiles(snapshot) {
  const all = object(snapshot.summary);
  // The allocator's own peak is sampled too; what was seen to be held was held.
  const peak = Math.max(number(all.peak_bytes), ...state.points.map(held));
  const tile = (id, name, value, kind) => make('div', {class: 'tile'},
      make('div', {class: 'name'}, kind ? make('i', {class: `dot ${kind}`}) : null, name),
      make('div', {class: 'value', id}, value));
  const tiles = [tile('frame', 'frame', count(snapshot.frame))];
  if (number(snapshot.duration_us) > 0) tiles.push(tile('frame-time', 'frame time', time(snapshot.duration_us)));
  tiles.push(tile('total', 'in use', bytes(all.total_bytes)), tile('frame-bytes', 'frame', bytes(all.frame_bytes), 'frame'),
             tile('pool-bytes', 'pool', bytes(all.pool_bytes), 'pool'), tile('heap-bytes', 'heap', bytes(all.heap_bytes), 'heap'),
             tile('peak', 'peak in use', bytes(peak)));
  if (all.reserved_bytes !== undefined) tiles.push(tile('reserved', 'reserved', bytes(all.reserved_bytes)));
  byId('tiles').replaceChildren(...tiles);
}

// Tags as a tree of their path's components; a node that no snapshot names sums up what is below.
function tree(snapshot) {
  const root = {children: new Map(), kinds: {}, total: 0, first: 0, calls: 0, codes: new Set()};
  const node = (path) => {
    let at = root;
    let so_far = '';
    for (const name of path === '' ? ['(untagged)'] : path.split('::')) {
      so_far = so_far === '' ? name : so_far + '::' + name;
      if (!at.children.has(name)) {
        at.children.set(name, {name, path: so_far, children: new Map(), kinds: {}, total: 0, first: 0, calls: 0,
                               codes: new Set()});
      }
      at = at.children.get(name);
    }
    return at;
  };
  for (const tag of rows_of(snapshot.tags)) {
    const at = node(String(tag.path ?? ''));
    const kind = ['frame', 'pool', 'heap'].includes(tag.alloc_kind) ? tag.alloc_kind : 'other';
    at.kinds[kind] = (at.kinds[kind] ?? 0) + number(tag.bytes);
    at.calls += number(tag.alloc_count);
    for (const code of list(tag.diagnostics)) at.codes.add(String(code));
  }
  for (const [path, size] of state.firstTags) node(path).first = size;
  const add_up = (at) => {
    at.total = Object.values(at.kinds).reduce((sum, size) => sum + size, 0);
    for (const child of at.children.values()) {
      add_up(child);
      at.total += child.total;
      at.first += child.first;
    }
  };
  add_up(root);
  return root;
}
function showTags(snapshot) {
  const root = tree(snapshot);
  const other = rows_of(snapshot.tags).some((tag) => !['frame', 'pool', 'heap'].includes(tag.alloc_kind));
  const kinds = other ? ['frame', 'pool', 'heap', 'other'] : ['frame', 'pool', 'heap'];
  const wanted = byId('filter').value.trim().toLowerCase();
  const rows = [];
  const size = (value) => make('td', {class: value ? '' : 'zero'}, value ? bytes(value) : '·');
  const matches = (at) => at.path.toLowerCase().includes(wanted) || [...at.children.values()].some(matches);
  const visit = (at, depth) => {
    if (wanted && !matches(at)) return;
    const parent = at.children.size > 0;
    const folded = state.folded.has(at.path) && !wanted;
    const toggle = () => {
      if (!state.folded.delete(at.path)) state.folded.add(at.path);
      showTags(state.now);
    };
    const name = make('td', {title: at.path}, make('span', {class: 'tag-name'},
        parent ? make('button', {class: 'fold', type: 'button', on: toggle,
                                 'aria-label': (folded ? 'unfold ' : 'fold ') + at.path}, folded ? '▸' : '▾')
               : make('i', {class: 'leaf'}),
        make('span', {}, at.name), ...[...at.codes].map(codeLink)));
    name.style.paddingLeft = `${8 + 18 * depth}px`;
    const growth = at.total - at.first;
    const share = make('div', {class: 'share', title: percent(at.total, root.total).toFixed(1) + ' % of all tags'});
    const below = (from, kind) => (from.kinds[kind] ?? 0) +
        [...from.children.values()].reduce((sum, child) => sum + below(child, kind), 0);
    for (const kind of kinds) share.append(make('i', {class: kind, width: percent(below(at, kind), root.total) + '%'}));
    rows.push(make('tr', {'data-tag': at.path}, name, ...kinds.map((kind) => size(at.kinds[kind])),
        make('td', {class: 'sum'}, bytes(at.total)), make('td', {}, share),
        make('td', {class: growth > 0 ? 'up' : growth < 0 ? 'down' : 'zero'},
             growth === 0 ? '0' : (growth > 0 ? '+' : '') + bytes(growth)),
        make('td', {class: at.calls ? '' : 'zero'}, at.calls ? count(at.calls) : '·')));
    if (!folded) for (const child of sorted(at)) visit(child, depth + 1);
  };
  const sorted = (at) => [...at.children.values()].sort((a, b) => b.total - a.total || (a.name < b.name ? -1 : 1));
  for (const child of sorted(root)) visit(child, 0);
  const head = ['tag', ...kinds, 'with sub-tags', 'share', 'growth', 'calls'];
  const titles = {growth: 'bytes since the first snapshot of this run that the page has seen',
                  calls: 'calls of pool and heap; frame calls are not counted one by one'};
  fill('tags', head.map((text) => make('th', titles[text] ? {title: titles[text]} : {}, text)), rows,
       wanted ? 'No tag has this in its path.' : 'Nothing is held under any tag.');
}
function fill(id, head, rows, none) {
  byId(id).replaceChildren(make('thead', {}, make('tr', {}, ...head)),
      make('tbody', {}, ...(rows.length ? rows
          : [make('tr', {}, make('td', {class: 'faint', colspan: head.length}, none))])));
}

// Result: bytes that a tag and those below it held in the snapshot's frame, as the table of tags has them.
function heldBytes(snapshot, tag) {
  const below = (path) => path === tag || (tag !== '' && path.startsWith(tag + '::'));
  return rows_of(snapshot.tags).filter((row) => below(String(row.path ?? '')))
      .reduce((sum, row) => sum + number(row.bytes), 0);
}
// What is charged now and what the frame held: once a frame has ended none of it is charged any more,
// yet the rest of the page tells what it held.
function showBudgets(snapshot) {
  const all = rows_of(snapshot.budgets).map((budget) => {
    const global = budget.scope === 'global', used = number(budget.used), tag = String(budget.tag ?? '');
    const frame = Math.max(used, global ? number(object(snapshot.summary).total_bytes) : heldBytes(snapshot, tag));
    return {name: global ? 'all memory' : tag === '' ? '(untagged)' : tag, used, frame,
            limit: number(budget.hard_limit) || number(budget.soft_limit), soft: number(budget.soft_limit),
            hard: number(budget.hard_limit), peak: Math.max(number(budget.peak), frame), denials: number(budget.denials)};
  });
  for (const thread of rows_of(snapshot.threads)) {
    for (const [kind, budget, peak] of [['frame', thread.budget, thread.peak_bytes], ['pool', thread.pool_budget, 0]]) {
      if (!budget) continue;
      const limit = number(budget.limit), used = number(budget.used);
      all.push({name: `${kind} of ${thread.name}`, used, frame: used, limit, soft: 0, hard: limit,
                peak: Math.max(number(peak), used), denials: 0});
    }
  }
  const bars = all.map((budget) => {
    const part = percent(budget.frame, budget.limit);
    const full = budget.hard > 0 && budget.frame >= budget.hard;
    const level = full ? 'bad' : (budget.soft > 0 && budget.frame > budget.soft) || part > 90 ? 'warn' : 'ok';
    const most = percent(budget.peak, budget.limit);
    const bar = make('div', {class: 'bar'}, make('i', {class: 'peak', width: Math.min(most, 100) + '%'}),
                     make('i', {class: level, width: Math.min(part, 100) + '%'}));
    if (budget.soft > 0 && budget.soft < budget.limit) {
      bar.append(make('b', {left: percent(budget.soft, budget.limit) + '%', title: `soft limit ${bytes(budget.soft)}`}));
    }
    const now = budget.frame === budget.used ? '' : `${bytes(budget.used)} now, `;
    return make('div', {class: 'budget', 'data-budget': budget.name, title: 'pale: the peak'},
        make('div', {class: 'row'}, make('span', {}, budget.name),
             make('span', {}, `${now}${bytes(budget.frame)}${now ? ' in the frame' : ''} of ${bytes(budget.limit)}`)),
        bar, make('div', {class: 'row note'}, make('span', {}, `${Math.floor(part)} %`),
                  make('span', {}, `peak ${bytes(budget.peak)}, ${Math.floor(most)} %`)),
        budget.denials ? make('div', {class: 'up'}, `${count(budget.denials)} denied`) : null);
  });
  const none = snapshot.version >= 2
      ? 'No limit is set: AllocConfig::enable_budgets and BudgetManager set one.'
      : 'Budgets of tags are in version 2 of snapshots: SnapshotConfig().with_version(2).';
  if (snapshot.version < 2 || !bars.length) bars.push(make('p', {class: 'faint'}, none));
  byId('budgets').replaceChildren(...bars);
}
// A heap as a bar of its budget: what is held, within it what is handed out, pale.
function heapBar(heap) {
  const reserved = number(heap.reserved), budget = number(heap.budget) || number(heap.size);
  const part = percent(reserved, budget), used = Math.min(number(heap.used), reserved);
  const level = budget > 0 && reserved >= budget ? 'bad' : part > 90 ? 'warn' : 'ok';
  const notes = [];
  if (number(heap.limit) > 0) notes.push(`limit ${bytes(heap.limit)}`);
  if (number(heap.external) > 0) notes.push(`others hold ${bytes(heap.external)}`);
  if (heap.measured !== true) notes.push('budget estimated');
  return make('div', {class: 'budget', 'data-heap': String(heap.index), title: 'pale: held and not handed out'},
      make('div', {class: 'row'},
           make('span', {}, `heap ${count(heap.index)}, ${bytes(heap.size)}${heap.device_local === true ? ', device-local' : ''}`),
           make('span', {}, `${bytes(reserved)} of ${bytes(budget)}`)),
      make('div', {class: 'bar'}, make('i', {class: 'peak', width: Math.min(part, 100) + '%'}),
           make('i', {class: level, width: Math.min(percent(used, budget), 100) + '%'})),
      make('div', {class: 'row note'}, make('span', {}, `${bytes(heap.used)} handed out`), make('span', {}, notes.join(', '))),
      number(heap.denials) > 0 ? make('div', {class: 'up'}, `${count(heap.denials)} denied`) : null);
}
function showDevices(snapshot) {
  const devices = rows_of(object(snapshot.gpu).devices);
  byId('devices-card').hidden = devices.length === 0;
  byId('devices').replaceChildren(...devices.map((device) => {
    const all = object(device.totals);
    const facts = [['held', bytes(all.total_bytes)], ['handed out', bytes(all.allocated_bytes)],
      ['of frames', bytes(all.transient_bytes)], ['retired', bytes(all.retired_bytes)],
      ['padding', bytes(all.padding_bytes)], ['free', bytes(all.free_bytes)], ['most handed out', bytes(all.peak_usage)],
      ['allocations', count(all.allocation_count)], ['blocks', count(all.block_count)],
      ['fragmentation', Math.round(100 * number(all.fragmentation)) + ' %'], ['denied', count(all.failed_allocations)]];
    const tags = rows_of(device.tags).sort((a, b) => number(b.bytes) - number(a.bytes));
    const head = ['tag', 'bytes', 'with sub-tags', 'most', 'limit', 'denied'].map((text) => make('th', {}, text));
    const rows = tags.map((tag) => make('tr', {'data-device-tag': String(tag.path ?? '')},
        make('td', {}, String(tag.path ?? '') || '(untagged)'), make('td', {}, bytes(tag.bytes)),
        make('td', {}, bytes(tag.subtree_bytes)), make('td', {}, bytes(tag.peak_bytes)),
        make('td', {class: number(tag.limit) ? '' : 'zero'}, number(tag.limit) ? bytes(tag.limit) : '·'),
        make('td', {class: number(tag.denials) ? 'up' : 'zero'}, number(tag.denials) ? count(tag.denials) : '·')));
    return make('div', {class: 'device', 'data-device': String(device.name ?? '')},
        make('h3', {}, String(device.name ?? '') || 'device', make('span', {class: 'faint'}, ` frame ${count(device.frame)}`)),
        make('div', {class: 'facts'}, ...facts.map(([name, value]) => make('span', {}, name + ' ', make('b', {}, value)))),
        make('div', {class: 'device-parts'}, make('div', {}, ...rows_of(device.heaps).map(heapBar)),
             rows.length ? make('div', {class: 'scroll'}, make('table', {}, make('thead', {}, make('tr', {}, ...head)),
                                                               make('tbody', {}, ...rows)))
                         : make('p', {class: 'faint'}, 'Nothing is handed out under any tag.')));
  }));
}
function showThreads(snapshot) {
  const rows = rows_of(snapshot.threads).map((thread) => make('tr', {},
      make('td', {}, String(thread.name)), make('td', {class: 'faint'}, String(thread.id)),
      ...['frame_bytes', 'pool_bytes', 'heap_bytes', 'peak_bytes', 'reserved_bytes'].map((key) =>
          make('td', {}, thread[key] === undefined ? '·' : bytes(thread[key])))));
  fill('threads', ['thread', 'id', 'frame', 'pool', 'heap', 'peak of a frame', 'reserved'].map((text) => make('th', {}, text)),
       rows, 'No thread has allocated.');
}
function showPhases(snapshot) {
  byId('phases-card').hidden = !Array.isArray(snapshot.phases);
  const rows = rows_of(snapshot.phases).map((phase) => make('tr', {}, make('td', {}, String(phase.name)),
      make('td', {}, count(phase.count)), make('td', {}, bytes(phase.bytes_last_frame)), make('td', {}, bytes(phase.bytes_peak_frame)),
      make('td', {}, time(number(phase.duration_us_last_frame))), make('td', {}, time(number(phase.duration_us_max)))));
  fill('phases', ['phase', 'times', 'last frame', 'peak of a frame', 'time, last frame', 'longest'].map((text) => make('th', {}, text)),
       rows, 'No phase has ended: SmartAlloc::phase_scope() makes one.');
}
function showFlows(snapshot) {
  const [promotions, transfers, deferred] = [snapshot.promotions, snapshot.transfers, snapshot.deferred].map(object);
  const facts = [['promoted to pool', promotions.to_pool], ['to heap', promotions.to_heap], ['to scratch', promotions.to_scratch],
    ['promotions failed', promotions.failed], ['transfers pending', transfers.pending],
    ['transfers since the last snapshot', transfers.completed_this_frame], ['deferred frees queued', deferred.queue_depth],
    ['deferred frees since the last snapshot', deferred.processed_this_frame]];
  byId('flows').replaceChildren(...facts.filter(([, value]) => value !== undefined)
      .map(([name, value]) => make('span', {}, name + ' ', make('b', {}, count(value)))));
}

// What version 3 of a snapshot adds.
function showParts(snapshot) {
  const pools = rows_of(snapshot.pools), sites = rows_of(snapshot.sites);
  byId('pools-card').hidden = pools.length === 0;
  fill('pools', ['blocks of', 'pages', 'room', 'free again', 'allocations'].map((text) => make('th', {}, text)),
       pools.map((pool) => make('tr', {'data-pool': String(pool.block_bytes)}, make('td', {}, bytes(pool.block_bytes)),
           make('td', {}, count(pool.pages)), make('td', {}, bytes(number(pool.blocks) * number(pool.block_bytes))),
           make('td', {}, bytes(number(pool.free_blocks) * number(pool.block_bytes))), make('td', {}, count(pool.allocations)))), '');
  byId('sites-card').hidden = sites.length === 0;
  fill('sites', [['place', 'left'], ['tag', 'left'], ['type', 'left'], ['kind', 'left'], ['blocks', ''], ['bytes', ''], ['oldest, frames', '']]
           .map(([text, side]) => make('th', {class: side}, text)),
       sites.map((site) => make('tr', {}, make('td', {title: String(site.function ?? '')}, `${site.file}:${site.line}`),
           ...[site.tag || '(untagged)', site.type, site.alloc_kind].map((text) => make('td', {class: 'left'}, String(text ?? ''))),
           make('td', {}, count(site.count)), make('td', {}, bytes(site.bytes)), make('td', {}, count(site.age_frames)))), '');
  showFacts('handles', snapshot.handles, (all) => [['objects', count(all.count)], ['bytes', bytes(all.bytes)], ['pinned', count(all.pinned)],
      ['in chunks', bytes(all.chunk_bytes)], ['holes', bytes(all.hole_bytes)], ['moved', count(all.relocations_total)]]);
  showFacts('streaming', snapshot.streaming, (all) => [['budget', number(all.budget) ? bytes(all.budget) : 'none'],
      ['reserved', bytes(all.reserved_bytes)], ['loaded', bytes(all.loaded_bytes)], ['most', bytes(all.peak_bytes)], ['ready', count(all.ready)],
      ['loading', count(all.loading)], ['failed', count(all.failed)], ['evicted', count(all.evictions_total)], ['denied', count(all.denials)]]);
}
function showFacts(id, value, facts) {
  const is = value !== null && typeof value === 'object' && !Array.isArray(value);
  byId(`${id}-card`).hidden = !is;
  if (is) byId(id).replaceChildren(...facts(value).map(([name, text]) => make('span', {}, name + ' ', make('b', {}, text))));
}

// --- diagnostics
const known = (code) => (Object.hasOwn(given.codes, code) ? given.codes[code] : null);
function codeLink(code) {
  const row = known(code);
  if (!row) return make('span', {class: 'code'}, code);
  return make('a', {class: `code ${row.severity}`, href: `#code-${code}`, title: row.meaning}, code);
}
function showDiagnostics(snapshot) {
  const found = rows_of(snapshot.diagnostics);
  byId('diagnostics').replaceChildren(...(found.length
      ? found.map((finding) => make('div', {class: 'finding'}, codeLink(String(finding.code)), ' ',
            finding.tag ? make('b', {}, finding.tag + ' ') : null, String(finding.message)))
      : [make('p', {class: 'faint'}, 'None in this snapshot; the game adds them with Snapshot::add_diagnostic().')]));
  const codes = new Set(found.map((finding) => String(finding.code)));
  for (const tag of rows_of(snapshot.tags)) for (const code of list(tag.diagnostics)) codes.add(String(code));
  const rows = [...codes].filter(known).sort();
  byId('codes-card').hidden = rows.length === 0;
  byId('codes').replaceChildren(...rows.flatMap((code) => {
    const row = known(code);
    return [make('dt', {id: `code-${code}`}, make('span', {class: `code ${row.severity}`}, code), ' ', make('b', {}, row.slug)),
            make('dd', {}, `${row.meaning}. `, make('span', {class: 'faint'}, `${row.help}.`))];
  }));
}

// --- charts
function chart(id, top, label, paint) {
  const svg = byId(id), width = Math.max(svg.clientWidth, 200), height = 190;
  svg.setAttribute('viewBox', `0 0 ${width} ${height}`);
  const left = 62, right = width - 8, roof = 10, floor = height - 22, points = state.points;
  const first = points[0].frame, last = points[points.length - 1].frame;
  const x = (frame) => (last > first ? left + ((frame - first) / (last - first)) * (right - left) : right);
  const y = (value) => floor - (value / top) * (floor - roof);
  const parts = [];
  for (let step = 0; step <= 4; ++step) {
    const value = (top * step) / 4, at = y(value);
    parts.push(draw('line', {class: 'grid', x1: left, x2: right, y1: at, y2: at}),
               draw('text', {x: left - 8, y: at + 4, 'text-anchor': 'end'}, label(value)));
  }
  parts.push(...paint(x, y, floor));
  if (last > first) parts.push(draw('text', {x: left, y: height - 5}, `frame ${count(first)}`));
  parts.push(draw('text', {x: right, y: height - 5, 'text-anchor': 'end'}, `frame ${count(last)}`));
  const shown = points[state.hover] ?? points[points.length - 1];
  if (state.hover >= 0) parts.push(draw('line', {class: 'cursor', x1: x(shown.frame), x2: x(shown.frame), y1: roof, y2: floor}));
  svg.replaceChildren(...parts);
  svg.onmousemove = (event) => {
    const at = ((event.clientX - svg.getBoundingClientRect().left) / svg.clientWidth) * width;
    let best = 0;
    points.forEach((point, index) => {
      if (Math.abs(x(point.frame) - at) < Math.abs(x(points[best].frame) - at)) best = index;
    });
    state.hover = best;
    showBytes();
    showTimes();
  };
  svg.onmouseleave = () => { state.hover = -1; showBytes(); showTimes(); };
  return shown;
}
// The next value of which a quarter reads well, in decimal steps from a power of `base`.
function ceiling(value, base, smallest) {
  let unit = smallest;
  while (unit * base < value) unit *= base;
  for (let scale = unit; ; scale *= 10) {
    for (const step of [1, 1.2, 1.6, 2, 2.4, 3.2, 4, 6, 8]) if (step * scale >= value) return step * scale;
  }
}
function showBytes() {
  const kinds = ['heap', 'pool', 'frame'];
  const most = Math.max(...state.points.map(held), 1);
  const shown = chart('bytes-chart', ceiling(most * 1.02, 1024, 1024), bytes, (x, y, floor) => {
    const below = state.points.map(() => 0);
    return kinds.map((kind) => {
      const lower = state.points.map((point, i) => `${x(point.frame)},${y(below[i])}`).reverse();
      state.points.forEach((point, i) => { below[i] += point[`${kind}_bytes`]; });
      const upper = state.points.map((point, i) => `${x(point.frame)},${y(below[i])}`);
      if (state.points.length > 1) return draw('polygon', {class: `area area-${kind}`, points: [...upper, ...lower].join(' ')});
      const value = state.points[0][`${kind}_bytes`];
      return draw('rect', {class: `area area-${kind}`, x: x(state.points[0].frame) - 6, width: 6,
                           y: Math.min(y(below[0]), floor), height: Math.max(y(below[0] - value) - y(below[0]), 0)});
    });
  });
  byId('bytes-legend').replaceChildren(make('span', {}, `frame ${count(shown.frame)}`),
      ...['frame', 'pool', 'heap'].map((kind) => make('span', {}, make('i', {class: `dot ${kind}`}), `${kind} ${bytes(shown[`${kind}_bytes`])}`)));
}
function showTimes() {
  const most = Math.max(...state.points.map((point) => point.time));
  if (most <= 0) {
    byId('time-chart').replaceChildren(draw('text', {x: 8, y: 30}, 'The game gives no frame times: Snapshot::with_duration() takes them.'));
    byId('time-legend').replaceChildren();
    return;
  }
  const aim = 1e6 / 60;
  const shown = chart('time-chart', ceiling(Math.max(most * 1.05, aim * 1.1), 10, 100), time, (x, y) => [
    draw('line', {class: 'aim', x1: 62, x2: 4000, y1: y(aim), y2: y(aim)}),
    draw('polyline', {class: 'line', points: state.points.map((point) => `${x(point.frame)},${y(point.time)}`).join(' ')}),
    ...(state.points.length < 60 ? state.points.map((point) => draw('circle', {class: 'point', cx: x(point.frame), cy: y(point.time), r: 2.5})) : [])]);
  byId('time-legend').replaceChildren(make('span', {}, `frame ${count(shown.frame)}`), make('span', {}, time(shown.time)),
                                      make('span', {}, 'dashed: 60 Hz'));
}

// --- following the game
function status(text, kind) {
  byId('status').textContent = text;
  byId('status').className = `pill ${kind}`;
}
const pause = (ms) => new Promise((done) => setTimeout(done, ms));
async function follow() {
  for (;;) {
    if (state.paused || document.hidden) {
      if (state.paused) status('paused', '');
      await pause(200);
      continue;
    }
    try {
      const answer = await fetch(`/api/snapshots?since=${state.latest}&ask=1&wait=${4 * given.interval_ms}`);
      if (!answer.ok) throw new Error(answer.statusText);
      const data = await answer.json();
      if (data.latest < state.latest) return location.reload();  // another server, which counts anew
      const fresh = data.snapshots.length > 0;
      if (!state.paused) take(data);
      status(fresh ? 'live' : 'waiting for the game', fresh ? 'live' : 'wait');
    } catch (error) {
      status('fa insight does not answer', 'lost');
      await pause(1000);
    }
    await pause(given.interval_ms);
  }
}
byId('directory').textContent = given.directory;
byId('filter').addEventListener('input', () => state.now && showTags(state.now));
addEventListener('resize', () => { if (state.now) { showBytes(); showTimes(); } });
take(given.first);
if (given.live) {
  status('connecting', 'wait');
  byId('pause').hidden = false;
  byId('pause').addEventListener('click', () => {
    state.paused = !state.paused;
    byId('pause').textContent = state.paused ? 'Go on' : 'Pause';
  });
  follow();
} else {
  status('report', '');
}
