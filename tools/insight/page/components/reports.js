// SPDX-License-Identifier: MIT OR Apache-2.0
// What names places in the code: reports, and the places that hold most.
/** @import { Actions, Diagnostic, Part, Place, Shown, Site } from './types' */
import { inside, make, present, Rows, section, set, write, writeName } from './dom.js';
import { bytes, count } from './figures.js';

const MOST_REPORTS = 1000;

/** @param {Shown} shown @returns {Map<string, Place>} */
const placesOf = (shown) => new Map(shown.places.map((place) => [place.text, place]));

/** @param {Place} place @param {Actions} actions */
function gotoButton(place, actions) {
  const button = make('button', { type: 'button', class: 'link', 'data-testid': 'goto', 'data-file': place.file, 'data-line': place.line }, place.text);
  button.addEventListener('click', () => actions.goTo(place));
  return button;
}

/**
 * A message with its places as buttons, the rest as text.
 * @param {string} text
 * @param {ReadonlyMap<string, Place>} places
 * @param {Actions} actions
 */
function withPlaces(text, places, actions) {
  /** @type {(Node | string)[]} */
  const parts = [];
  let at = 0;
  for (const match of text.matchAll(/[^\s:"'`<>()[\]{},;]+\.[A-Za-z][A-Za-z0-9+]{0,4}:\d{1,7}/g)) {
    const place = places.get(match[0]);
    if (place === undefined) continue;
    parts.push(text.slice(at, match.index), gotoButton(place, actions));
    at = match.index + match[0].length;
  }
  parts.push(text.slice(at));
  return parts;
}

/** @param {Actions} actions @returns {Part} */
export function reportPart(actions) {
  const { root, body } = section('Reports', 'diagnostics');
  /** @type {Map<string, Place>} */
  let places = new Map();
  /** @type {Shown['codes']} */
  let codes = {};
  /** @type {Rows<Diagnostic>} */
  const rows = new Rows(body, (row) => `${row.code}\n${row.tag ?? ''}\n${row.message}\n${[...places.keys()].filter((key) => row.message.includes(key)).join()}`,
    (row) => {
      const known = codes[row.code];
      const code = make('button', { type: 'button', class: `link code ${known?.severity ?? ''}`, title: known === undefined ? `Explain ${row.code}` : `${known.severity}: ${known.meaning}` }, row.code);
      code.addEventListener('click', () => actions.explain(row.code));
      const message = make('span', { class: 'message' }, ...withPlaces(row.message.replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '\ufffd'), places, actions));
      const tag = make('span', { class: 'faint' });
      writeName(tag, row.tag === null ? '' : ` ${row.tag} `);
      return make('p', { 'data-testid': 'diagnostic', 'data-code': row.code, 'data-tag': row.tag ?? '' }, code, tag, ' ', message);
    }, () => undefined);
  return {
    root,
    show(shown, snapshot) {
      places = placesOf(shown);
      codes = shown.codes;
      root.hidden = snapshot.diagnostics.length === 0;
      rows.show(snapshot.diagnostics.slice(0, MOST_REPORTS));
    },
  };
}

/** @param {Actions} actions @returns {Part} */
export function sitePart(actions) {
  const { root, body } = section('Places that hold most', 'sites-card');
  /** @type {Map<string, Place>} */
  let places = new Map();
  /** @type {Rows<Site>} */
  const rows = new Rows(body, (row) => `${row.file}:${row.line}\n${row.tag}\n${row.type}\n${String(places.has(`${row.file}:${row.line}`))}`,
    (row) => {
      const text = `${row.file}:${row.line}`;
      const place = places.get(text);
      const where = place === undefined ? make('span', { class: 'name' }) : gotoButton(place, actions);
      if (place === undefined) writeName(where, text);
      return make('p', { 'data-testid': 'site', class: 'line' }, make('span', {}, where, ' ', make('span', { class: 'faint' })), make('span'));
    },
    (element, row) => {
      set(element, { 'data-file': row.file, 'data-line': row.line, 'data-bytes': row.bytes, 'data-count': row.count, title: row.function });
      const [where, figures] = inside(element);
      writeName(where.children[1], [row.tag || '(no tag)', row.type, row.alloc_kind, `oldest ${count(row.age_frames)} frames`].filter((part) => part !== '').join(' · '));
      write(figures, `${bytes(row.bytes)} in ${count(row.count)}`);
    });
  return {
    root,
    show(shown, snapshot) {
      places = placesOf(shown);
      const all = snapshot.sites ?? [];
      present(root, 'sites', all.length > 0);
      rows.show(all);
    },
  };
}
