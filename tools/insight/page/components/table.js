// SPDX-License-Identifier: MIT OR Apache-2.0
// Tables and lists of facts.
/** @import { Attributes } from './dom.js' */
import { inside, make, Rows, set, write, writeName } from './dom.js';

/**
 * A table whose rows are kept by key; each cell is text, the first is a name.
 * @template T
 */
export class Table {
  /** @type {Rows<T>} */
  #rows;

  /**
   * @param {string[]} titles those that begin with "+" are left out where there is little room
   * @param {string} caption
   * @param {string} testid
   * @param {(row: T, index: number) => string} key
   * @param {(row: T) => Attributes} attributes
   * @param {(row: T) => string[]} cells
   */
  constructor(titles, caption, testid, key, attributes, cells) {
    const classes = titles.map((title) => (title.startsWith('+') ? { class: 'wide' } : undefined));
    const head = make('tr', {}, ...titles.map((title, i) => make('th', { scope: 'col', ...classes[i] }, title.replace('+', ''))));
    const body = make('tbody');
    this.root = make('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': `Table: ${caption}` }, make('table', {}, make('thead', {}, head), body));
    this.#rows = new Rows(body, key,
      () => make('tr', { 'data-testid': testid }, make('th', { scope: 'row' }), ...classes.slice(1).map((one) => make('td', one))),
      (element, row) => {
        set(element, attributes(row));
        cells(row).forEach((text, i) => (i === 0 ? writeName(element.children[0], text) : write(element.children[i], text)));
      });
  }

  /** @param {readonly T[]} rows */
  show(rows) {
    this.#rows.show(rows);
  }
}

/** Names and figures, one behind the other. */
export class Facts {
  /** @type {Rows<[name: string, value: string]>} */
  #rows;

  /** @param {Attributes} [attributes] */
  constructor(attributes = {}) {
    this.root = make('dl', { class: 'facts', ...attributes });
    this.#rows = new Rows(this.root, ([title]) => title, () => make('div', {}, make('dt'), make('dd')), (element, [title, value]) => {
      const [term, description] = inside(element);
      write(term, title);
      write(description, value);
    });
  }

  /** @param {[name: string, value: string][]} facts */
  show(facts) {
    this.#rows.show(facts);
  }
}
