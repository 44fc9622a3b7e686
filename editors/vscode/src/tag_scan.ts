// SPDX-License-Identifier: MIT OR Apache-2.0
// Where a source opens tags, found by its tokens alone: nothing is compiled, and half-typed code is read as far as it goes.

export interface Opening {
  tag: string;
  /** From 0. */
  line: number;
  column: number;
}
export interface TaggedFunction {
  /** Line on which its declaration begins, from 0. */
  line: number;
  openings: Opening[];
}

interface Token {
  text: string;
  /** The value, of a string literal. */
  value?: string;
  line: number;
  column: number;
}

const CONTROL = new Set(['if', 'for', 'while', 'switch', 'catch', 'do', 'else', 'try', 'return', 'namespace', 'class', 'struct', 'union', 'enum', 'extern']);
const OPENERS = new Set(['with_tag', 'tag_scope']);

function unescape(text: string): string {
  return text.replace(/\\(["'\\?])/g, '$1');
}

function tokens(text: string): Token[] {
  const found: Token[] = [];
  // Comments, raw strings, strings, characters, identifiers, numbers, the two-character signs that matter, any other sign.
  const pattern =
    /\/\/(?:\\\n|[^\n])*|\/\*[\s\S]*?(?:\*\/|$)|R"([^()\\\s]{0,16})\(([\s\S]*?)\)\1"|"((?:\\.|[^"\\\n])*)"|'(?:\\.|[^'\\\n])*'|[A-Za-z_]\w*|\.?\d(?:[\w.]|'\w)*|::|->|[^\s]/g;
  let line = 0;
  let lineStart = 0;
  let at = 0;
  for (const match of text.matchAll(pattern)) {
    for (let newline = text.indexOf('\n', at); newline >= 0 && newline < match.index; newline = text.indexOf('\n', newline + 1)) {
      ++line;
      lineStart = newline + 1;
    }
    at = match.index;
    const word = match[0];
    if (word.startsWith('//') || word.startsWith('/*')) continue;
    const token: Token = { text: word, line, column: match.index - lineStart };
    if (match[2] !== undefined) token.value = match[2];
    else if (match[3] !== undefined) token.value = unescape(match[3]);
    found.push(token);
  }
  return found;
}

// `constexpr std::string_view kPhysics = "physics";`, `{"physics"}`, `const char kPhysics[] = ...`, `#define PHYSICS "physics"`.
function constants(all: readonly Token[]): Map<string, string> {
  const values = new Map<string, string>();
  for (let i = 1; i < all.length; ++i) {
    const value = all[i]!.value;
    if (value === undefined) continue;
    let before = i - 1;
    const sign = all[before]!.text;
    if (sign === '=' || sign === '{' || sign === '(') {
      --before;
      if (all[before]?.text === '=') --before;
      if (all[before]?.text === ']') while (before >= 0 && all[before]!.text !== '[') --before;
      if (all[before]?.text === '[') --before;
      const name = all[before]?.text;
      const type = all[before - 1]?.text ?? '';
      if (name !== undefined && /^[A-Za-z_]\w*$/.test(name) && /^[\w*&>]+$/.test(type) && !OPENERS.has(name)) values.set(name, value);
    } else if (all[before - 1]?.text === 'define' && all[before - 2]?.text === '#') {
      values.set(sign, value);
    }
  }
  return values;
}

function isFunctionBody(head: readonly Token[]): boolean {
  const words = head.map((token) => token.text);
  if (words.length < 3 || CONTROL.has(words.find((word) => word !== 'inline' && word !== 'static') ?? '')) return false;
  const open = words.indexOf('(');
  if (open < 1 || (!/^[\w~\])>]+$/.test(words[open - 1]!) && !words.includes('operator'))) return false;
  const equals = words.indexOf('=');
  if (equals >= 0 && equals < open && !words.includes('operator') && !words.includes('template')) return false;
  // Of a constructor: `: member{` opens no body.
  let depth = 0;
  let close = open;
  for (; close < words.length; ++close) {
    if (words[close] === '(') ++depth;
    if (words[close] === ')' && --depth === 0) break;
  }
  if (close >= words.length) return false;
  const last = words[words.length - 1]!;
  const initializers = words.indexOf(':', close);
  return initializers < 0 || last === ')' || last === '}';
}

/** Result: the functions of a source that open at least one tag. */
export function taggedFunctions(text: string): TaggedFunction[] {
  if (!text.includes('with_tag') && !text.includes('tag_scope')) return [];
  const all = tokens(text);
  const known = constants(all);
  const functions: TaggedFunction[] = [];
  let head: Token[] = [];
  let depth = 0;
  let current: (TaggedFunction & { depth: number }) | undefined;
  let directive = -1;
  all.forEach((token, index) => {
    if (token.text === '#') directive = token.line;
    if (directive === token.line) return;
    if (current !== undefined && OPENERS.has(token.text) && all[index + 1]?.text === '(') {
      const opening = openingAt(all, index, known);
      if (opening !== undefined) current.openings.push(opening);
    }
    switch (token.text) {
      case '{':
        ++depth;
        if (current === undefined && isFunctionBody(head)) current = { line: declarationLine(head), openings: [], depth };
        if (current === undefined && head.some((one) => one.text === ':') && head.some((one) => one.text === ')')) {
          head.push(token); // a member's initializer
        } else {
          head = [];
        }
        break;
      case '}':
        if (current?.depth === depth) {
          if (current.openings.length > 0) functions.push({ line: current.line, openings: current.openings });
          current = undefined;
        }
        depth = Math.max(depth - 1, 0);
        if (head.some((one) => one.text === '{')) head.push(token);
        else head = [];
        break;
      case ';':
        head = [];
        break;
      case ':':
        if (head.length === 1 && /^(public|private|protected)$/.test(head[0]!.text)) head = [];
        else head.push(token);
        break;
      default:
        if (current === undefined) head.push(token);
    }
  });
  // The function that is being typed has no end yet.
  const open = current as (TaggedFunction & { depth: number }) | undefined;
  if (open !== undefined && open.openings.length > 0) functions.push({ line: open.line, openings: open.openings });
  return functions;
}

function declarationLine(head: readonly Token[]): number {
  return head[0]!.line;
}

function openingAt(all: readonly Token[], index: number, known: ReadonlyMap<string, string>): Opening | undefined {
  const at = all[index]!;
  const end = (token: Token | undefined): boolean => token?.text === ',' || token?.text === ')';
  let next = index + 2;
  let tag: string | undefined;
  if (all[next]?.value !== undefined) {
    tag = '';
    while (all[next]?.value !== undefined) tag += all[next++]!.value; // adjacent literals are one
  } else {
    let name = '';
    while (/^(::|[A-Za-z_]\w*)$/.test(all[next]?.text ?? '')) name = all[next++]!.text;
    tag = known.get(name);
  }
  return tag !== undefined && tag !== '' && end(all[next]) ? { tag, line: at.line, column: at.column } : undefined;
}
