// SPDX-License-Identifier: MIT OR Apache-2.0
// Elements. Whatever comes from a snapshot reaches the page as text, never as markup.

type Attributes = Record<string, string | number>;

export function make<K extends keyof HTMLElementTagNameMap>(name: K, attributes: Attributes = {}, ...children: (Node | string)[]): HTMLElementTagNameMap[K] {
  const element = document.createElement(name);
  set(element, attributes);
  element.append(...children);
  return element;
}

/** Effect: sets attributes that differ, so that nothing is laid out anew that stays as it is. */
export function set(element: Element, attributes: Attributes): void {
  for (const [key, value] of Object.entries(attributes)) {
    const text = String(value);
    if (element.getAttribute(key) !== text) element.setAttribute(key, text);
  }
}

export function write(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/** Control and bidirectional-override characters become U+FFFD; more than 200 characters are cut, and stand whole in the tooltip. */
export function name(text: string): { shown: string; whole: string } {
  const whole = text.replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u061c\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, '\ufffd');
  const points = whole.length > 200 ? Array.from(whole) : [];
  return { shown: points.length > 200 ? `${points.slice(0, 199).join('')}…` : whole, whole };
}

export function writeName(element: HTMLElement, text: string): void {
  const { shown, whole } = name(text);
  write(element, shown);
  if (shown !== whole) set(element, { title: whole });
  else element.removeAttribute('title');
}

/** Rows that are kept by key: the element of a key stays the same over updates, with its focus. */
export class Rows<T> {
  private readonly elements = new Map<string, HTMLElement>();

  constructor(
    private readonly parent: HTMLElement,
    private readonly key: (row: T, index: number) => string,
    private readonly create: (row: T) => HTMLElement,
    private readonly update: (element: HTMLElement, row: T) => void,
  ) {}

  show(rows: readonly T[]): void {
    const used = new Set<string>();
    let at: Element | null = this.parent.firstElementChild;
    rows.forEach((row, index) => {
      let key = this.key(row, index);
      while (used.has(key)) key += '\u0000';
      used.add(key);
      let element = this.elements.get(key);
      if (element === undefined) this.elements.set(key, (element = this.create(row)));
      this.update(element, row);
      if (element === at) {
        at = at.nextElementSibling;
      } else {
        this.parent.insertBefore(element, at);
      }
    });
    for (const [key, element] of this.elements) {
      if (used.has(key)) continue;
      element.remove();
      this.elements.delete(key);
    }
  }

  get(key: string): HTMLElement | undefined {
    return this.elements.get(key);
  }
}

export function section(title: string, id: string): { root: HTMLElement; body: HTMLElement } {
  const heading = make('h2', { id: `${id}-title` }, title);
  const body = make('div', { class: 'body' });
  const root = make('section', { class: 'card', id, 'aria-labelledby': `${id}-title` }, heading, body);
  return { root, body };
}
