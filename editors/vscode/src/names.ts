// SPDX-License-Identifier: MIT OR Apache-2.0
// Names out of snapshots are texts of strangers: what they may do where they are shown.

const MOST = 200;

/** Control and bidirectional-override characters become U+FFFD, so that a name cannot reorder or hide what stands beside it. */
export function clean(name: string): string {
  return name.replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u061c\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, '\ufffd');
}

/** At most 200 characters, by code points, so that no half of a pair is left. */
export function cut(name: string): string {
  if (name.length <= MOST) return name;
  const points = Array.from(name);
  return points.length <= MOST ? name : points.slice(0, MOST - 1).join('') + '…';
}

/** For notifications: VS Code makes links of [text](command:...). */
export function forNotification(name: string): string {
  return cut(clean(name)).replace(/\[/g, '(').replace(/\]/g, ')');
}

/** For lenses, the status item and pickers: VS Code makes icons of $(name). */
export function forLabel(name: string): string {
  return withoutIcons(cut(clean(name)));
}

/** A zero-width character between "$" and "(": what is read stays the same, and no icon is made. */
export function withoutIcons(text: string): string {
  return text.replace(/\$\(/g, '$\u200b(');
}

/** The whole name, for a tooltip that is plain text. */
export function forTooltip(name: string): string {
  return clean(name);
}
