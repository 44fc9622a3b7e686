// SPDX-License-Identifier: MIT OR Apache-2.0
#pragma once

#include <string_view>

namespace fa_demo {

/// The style sheet of the HTML report. Colors are variables with a light and a dark value each;
/// the sides keep theirs through all charts.
inline constexpr std::string_view kHtmlStyle = R"css(
:root {
  color-scheme: light dark;
  --page: #f6f6f3; --card: #ffffff; --text: #1d1d1b; --soft: #5d5c57; --line: #e3e2dc;
  --fa: #2a78d6; --malloc: #d9601f; --frame: #1b8f66;
  --kept: #8a63c9; --mimalloc: #b08900;
  --t0: #2a78d6; --t1: #1baf7a; --t2: #eda100; --t3: #6a55c9; --t4: #e87ba4; --t5: #008300;
  --t6: #e34948; --t7: #8a8984;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #161615; --card: #1f1f1d; --text: #f1f0ec; --soft: #b3b1a8; --line: #383733;
    --fa: #4c95ee; --malloc: #ee7d3f; --frame: #36b98a;
    --kept: #b294ee; --mimalloc: #d8b13a;
    --t0: #4c95ee; --t1: #2cb884; --t2: #d59a1c; --t3: #9a87ee; --t4: #db6a97; --t5: #4aa83f;
    --t6: #ea6665; --t7: #94928b;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif; }
main { max-width: 1040px; margin: 0 auto; padding: 32px 20px 64px; }
h1 { font-size: 27px; font-weight: 650; margin: 0 0 6px; letter-spacing: -0.01em; }
h2 { font-size: 17px; font-weight: 620; margin: 0; }
.lead { margin: 0 0 22px; color: var(--soft); max-width: 76ch; }
.about { margin: 2px 0 12px; color: var(--soft); font-size: 13.5px; max-width: 92ch; }
section { background: var(--card); border: 1px solid var(--line); border-radius: 12px;
  padding: 18px 20px; margin: 0 0 16px; }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(210px, 1fr)); gap: 14px;
  margin: 0 0 16px; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 12px;
  padding: 14px 18px; }
.card h3 { font-size: 13px; font-weight: 500; color: var(--soft); margin: 0 0 4px; }
.card b { display: block; font-size: 26px; font-weight: 640; color: var(--c);
  font-variant-numeric: tabular-nums; }
.card span { display: block; font-size: 13px; color: var(--c); font-variant-numeric: tabular-nums; }
svg { display: block; width: 100%; height: auto; }
svg text { fill: var(--soft); font-size: 12px; font-variant-numeric: tabular-nums; }
.grid { stroke: var(--line); stroke-width: 1; }
.axis { stroke: var(--soft); stroke-width: 1; }
.line { fill: none; stroke: var(--c); stroke-width: 1.5; stroke-linejoin: round; }
.area { fill: var(--c); fill-opacity: 0.28; stroke: var(--c); stroke-width: 1.5; }
.bar { fill: var(--c); }
.s-fa { --c: var(--fa); } .s-malloc { --c: var(--malloc); }
.s-kept { --c: var(--kept); } .s-mimalloc { --c: var(--mimalloc); } .s-frame { --c: var(--frame); }
.t0 { --c: var(--t0); } .t1 { --c: var(--t1); } .t2 { --c: var(--t2); } .t3 { --c: var(--t3); }
.t4 { --c: var(--t4); } .t5 { --c: var(--t5); } .t6 { --c: var(--t6); } .t7 { --c: var(--t7); }
.legend { display: flex; flex-wrap: wrap; gap: 4px 18px; margin: 0 0 8px; font-size: 13px;
  color: var(--soft); }
.legend span { display: inline-flex; align-items: center; gap: 7px; }
.legend i { width: 11px; height: 11px; border-radius: 3px; background: var(--c); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 14px; margin: 10px 0 14px;
  font-variant-numeric: tabular-nums; }
th { text-align: right; font-weight: 600; color: var(--soft); font-size: 13px; }
td { text-align: right; }
th, td { padding: 6px 10px; border-bottom: 1px solid var(--line); white-space: nowrap; }
th:first-child, td:first-child { text-align: left; padding-left: 0; white-space: normal; }
tr:last-child td { border-bottom: 0; }
td.won { color: var(--frame); font-weight: 650; }
td.lost { color: var(--malloc); font-weight: 650; }
h3 { font-size: 14px; font-weight: 600; margin: 14px 0 4px; }
pre { overflow-x: auto; font-size: 12.5px; line-height: 1.45; background: var(--page); padding: 12px;
  border-radius: 8px; white-space: pre-wrap; overflow-wrap: anywhere; margin: 8px 0 0; }
)css";

}  // namespace fa_demo
