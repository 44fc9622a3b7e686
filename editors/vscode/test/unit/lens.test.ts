// SPDX-License-Identifier: MIT OR Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Run } from '@page/components/run.js';
import { belongs, lensText, Peaks } from '../../src/lens_text';
import { taggedFunctions } from '../../src/tag_scan';
import { limit, MiB, snapshot, tag } from './samples';

const SHAPE =
  /^([^:]+(?:::[^:]+)*|\d+ tags): ([\d.]+ [KMGT]?i?B this frame( \+ [\d.]+ [KMGT]?i?B held)?|[\d.]+ [KMGT]?i?B held) · peak [\d.]+ [KMGT]?i?B( · \d+ % of [\d.]+ [KMGT]?i?B)? [↗→↘] [▁▂▃▄▅▆▇█]{1,8}$/;

function title(run: Run, ...tags: string[]): string {
  const text = lensText(run, tags, new Peaks())?.title ?? '';
  assert.match(text, SHAPE);
  return text;
}

test('a tag stands for every path that has it as component, with all below', () => {
  assert.ok(belongs('physics', 'physics'));
  assert.ok(belongs('game::physics::contacts', 'physics'));
  assert.ok(belongs('game::physics', 'game::physics'));
  assert.ok(!belongs('game::physics2', 'physics'));
  assert.ok(!belongs('', 'physics'));
});

test('a lens says what ends with the frame and what is held', () => {
  const run = new Run(1);
  run.add(snapshot(1, [tag('game::physics', 4 * MiB), tag('game::physics::contacts', 1 * MiB, 'scratch'), tag('hud', 1)]));
  assert.equal(title(run, 'physics'), 'physics: 5.00 MiB this frame · peak 5.00 MiB → █');
  run.add(snapshot(2, [tag('game::physics', 2 * MiB), tag('game::physics', 0.5 * MiB, 'pool')]));
  assert.equal(title(run, 'physics'), 'physics: 2.00 MiB this frame + 512 KiB held · peak 5.00 MiB ↘ █▅');
  run.add(snapshot(3, [tag('game::physics', 3 * MiB, 'heap')]));
  assert.equal(title(run, 'physics'), 'physics: 3.00 MiB held · peak 5.00 MiB ↘ █▅▅');
  run.add(snapshot(4, []));
  assert.equal(title(run, 'physics'), 'physics: 0 B this frame · peak 5.00 MiB ↘ █▅▅▁');
  assert.equal(lensText(new Run(1), ['physics'], new Peaks()), undefined);
});

test('rows of single threads count where there is no row of all', () => {
  const run = new Run(1);
  run.add(snapshot(1, [tag('a', 100), tag('a', 60, 'frame', '1'), tag('b', 30, 'frame', '1'), tag('b', 20, 'frame', '2')]));
  assert.match(title(run, 'a'), /^a: 100 B/);
  assert.match(title(run, 'b'), /^b: 50 B/);
  assert.match(title(run, 'a', 'b'), /^2 tags: 150 B this frame · peak 150 B → █$/);
});

test('the budget of that very path is named', () => {
  const run = new Run(1);
  run.add(snapshot(1, [tag('physics', 6.8 * MiB)], [limit('physics', 6.8 * MiB, 8 * MiB)]));
  assert.match(title(run, 'physics'), / · peak 6\.80 MiB · 85 % of 8\.00 MiB → █$/);
});

const places = (text: string): [number, string[]][] =>
  taggedFunctions(text).map(({ line, openings }) => [line, openings.map((opening) => `${opening.tag}@${opening.line}`)]);

test('functions that open tags are found', () => {
  assert.deepEqual(places(`#include <x>
constexpr std::string_view kRender = "render";
namespace game {
class World {
 public:
  explicit World(fa::SmartAlloc& memory) : memory_(memory), size_{3} {}
  void step(float dt) noexcept {
    // with_tag("comment", f)
    memory_.with_tag("physics", [&] { if (dt > 0) { solve(); } });
    auto scope = memory_.tag_scope(kRender);
  }
  void nothing() { log("with_tag(\\"no\\")"); }
};
template <class T>
auto helper(T value) -> decltype(value) {
  fa::TagScope scope = value.tag_scope("game::" "hud");
  return value;
}
}  // namespace game
`), [[6, ['physics@8', 'render@9']], [13, ['game::hud@15']]]);
});

test('half a function is read as far as it goes', () => {
  assert.deepEqual(places('void f() {\n  alloc.with_tag("a", [&] {\n'), [[0, ['a@1']]]);
  assert.deepEqual(places('void f() {\n  alloc.with_tag("a'), []);
  assert.deepEqual(places('}}}}} void f() { a.tag_scope(unknown); }'), []);
  assert.deepEqual(places('#define X(a) a.tag_scope("m")\nint y = with_tag("top", f);'), []);
});
