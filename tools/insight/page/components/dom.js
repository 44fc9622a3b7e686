// SPDX-License-Identifier: MIT OR Apache-2.0
// Elements. Whatever comes from a snapshot reaches the page as text, never as markup.

/** @typedef {Record<string, string | number>} Attributes */

/**
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} name
 * @param {Attributes} [attributes]
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  set(element, attributes);
  element.append(...children);
  return element;
}

/**
 * Effect: sets attributes that differ, so that nothing is laid out anew that stays as it is.
 * @param {Element} element
 * @param {Attributes} attributes
 */
export function set(element, attributes) {
  for (const [key, value] of Object.entries(attributes)) {
    const text = String(value);
    if (element.getAttribute(key) !== text) element.setAttribute(key, text);
  }
}

/** @param {Element} element @param {string} text */
export function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/**
 * Result: the children of an element that was made here, which are HTML.
 * @param {Element} element
 * @returns {HTMLElement[]}
 */
export const inside = (element) => /** @type {HTMLElement[]} */ ([...element.children]);

/**
 * Control and bidirectional-override characters become U+FFFD; more than 200 characters are cut, and stand whole in the tooltip.
 * @param {string} text
 * @returns {{ shown: string, whole: string }}
 */
export function name(text) {
  const whole = text.replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u061c\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, '\ufffd');
  const points = whole.length > 200 ? Array.from(whole) : [];
  return { shown: points.length > 200 ? `${points.slice(0, 199).join('')}…` : whole, whole };
}

/** @param {Element} element @param {string} text */
export function writeName(element, text) {
  const { shown, whole } = name(text);
  write(element, shown);
  if (shown !== whole) set(element, { title: whole });
  else element.removeAttribute('title');
}

/** @param {HTMLElement} element @param {number} share of the parent's width, in per cent */
export function setWidth(element, share) {
  element.style.width = `${Math.min(Math.max(share, 0), 100)}%`;
}

/**
 * Rows that are kept by key: the element of a key stays the same over updates, with its focus.
 * @template T
 */
export class Rows {
  /** @type {Map<string, HTMLElement>} */
  #elements = new Map();
  #parent;
  #key;
  #create;
  #update;

  /**
   * @param {HTMLElement} parent
   * @param {(row: T, index: number) => string} key
   * @param {(row: T) => HTMLElement} create
   * @param {(element: HTMLElement, row: T) => void} update
   */
  constructor(parent, key, create, update) {
    this.#parent = parent;
    this.#key = key;
    this.#create = create;
    this.#update = update;
  }

  /** @param {readonly T[]} rows */
  show(rows) {
    /** @type {Set<string>} */
    const used = new Set();
    let at = this.#parent.firstElementChild;
    rows.forEach((row, index) => {
      let key = this.#key(row, index);
      while (used.has(key)) key += '\u0000';
      used.add(key);
      let element = this.#elements.get(key);
      if (element === undefined) this.#elements.set(key, (element = this.#create(row)));
      this.#update(element, row);
      if (element === at) {
        at = at.nextElementSibling;
      } else {
        this.#parent.insertBefore(element, at);
      }
    });
    for (const [key, element] of this.#elements) {
      if (used.has(key)) continue;
      element.remove();
      this.#elements.delete(key);
    }
  }

  /** @param {string} key */
  get(key) {
    return this.#elements.get(key);
  }
}

/**
 * A card with a heading; `id` is the element's.
 * @param {string} title
 * @param {string} id
 */
export function section(title, id) {
  const heading = make('h2', { id: `${id}-title` }, title);
  const body = make('div', { class: 'body' });
  const root = make('section', { class: 'card', id, 'aria-labelledby': `${id}-title` }, heading, body);
  return { root, body };
}

/**
 * Effect: shows the section and lets it be found by its test id only while the snapshot has what it shows.
 * @param {HTMLElement} root
 * @param {string} testid
 * @param {boolean} is
 */
export function present(root, testid, is) {
  root.hidden = !is;
  if (is) set(root, { 'data-testid': testid });
  else root.removeAttribute('data-testid');
}
