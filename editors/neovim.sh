#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
# neovim.sh FOLDER: holds the recipe of docs/vscode.md for Neovim before 0.11 against the Neovim that is there, without a screen, with the
# fa of FOLDER: a bug is typed, its finding comes, its quick fix applies, and the finding goes.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
program="$(cd "$1" && pwd)"
[ -x "$program/fa-check" ] || { echo "neovim.sh: no fa-check in $program" >&2; exit 2; }
command -v nvim >/dev/null || { echo "left out: there is no nvim"; exit 0; }
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
mkdir "$work/game"

# The recipe, to the letter: the block whose text has nvim_create_autocmd.
awk '/^```lua$/ { inside = 1; text = ""; next }
  inside && /^```$/ { inside = 0; if (text ~ /nvim_create_autocmd/) printf "%s", text; next }
  inside { text = text $0 "\n" }' "$here/docs/vscode.md" >"$work/init.lua"
[ -s "$work/init.lua" ] || { echo "neovim.sh: docs/vscode.md has no such recipe" >&2; exit 1; }

cp "$here/editors/vscode/test/e2e/world.cpp" "$work/game/world.cpp"
printf '[{"directory": "%s", "file": "%s", "arguments": ["c++", "-std=c++20", "-I%s", "-c", "%s"]}]\n' \
  "$work/game" "$work/game/world.cpp" "$here/include" "$work/game/world.cpp" >"$work/game/compile_commands.json"

cat >"$work/play.lua" <<'LUA'
local function stop(text)
  io.stderr:write('neovim.sh: ' .. text .. '\n')
  vim.cmd('cquit 1')
end
local function await(what, ready)
  if not vim.wait(90000, ready, 50) then stop('waited in vain for ' .. what) end
end
local function findings()
  local codes = {}
  for _, one in ipairs(vim.diagnostic.get(0)) do codes[#codes + 1] = one.code end
  return table.concat(codes, ' ')
end
vim.cmd('filetype on')
vim.cmd('edit world.cpp')
await('the server', function() return #vim.lsp.buf_get_clients(0) == 1 end)
local line = vim.fn.search('begin_frame')
local bug = '    contacts_ = memory_.frame_alloc_batch<Contact>(64);'
vim.api.nvim_buf_set_lines(0, line, line, true, { bug })
await('the finding', function() return findings() == 'FA601' end)
-- What a quick fix is, taken without the menu that asks for it.
local where = vim.diagnostic.get(0)[1]
local found = vim.lsp.buf_request_sync(0, 'textDocument/codeAction', {
  textDocument = vim.lsp.util.make_text_document_params(),
  range = { start = { line = where.lnum, character = where.col }, ['end'] = { line = where.end_lnum, character = where.end_col } },
  context = { diagnostics = { where.user_data.lsp } },
}, 10000)
local fix
for _, answer in pairs(found or {}) do
  for _, action in ipairs(answer.result or {}) do
    if action.title:find("empty 'contacts_'", 1, true) then fix = action.edit end
  end
end
if fix == nil then stop('no quick fix') end
vim.lsp.util.apply_workspace_edit(fix, 'utf-16')
await('the finding to go', function() return findings() == '' end)
if vim.fn.search('contacts_ = nullptr;', 'w') == 0 then stop('the fix changed nothing') end
local version = vim.version()
io.stdout:write(string.format('neovim %d.%d.%d: typed, found, fixed, gone\n', version.major, version.minor, version.patch))
vim.cmd('quitall!')
LUA
cd "$work/game"
PATH="$program:$PATH" HOME="$work" XDG_CONFIG_HOME="$work" XDG_DATA_HOME="$work" XDG_STATE_HOME="$work" XDG_CACHE_HOME="$work" \
  timeout 240 nvim --headless -u "$work/init.lua" -n -c "luafile $work/play.lua" </dev/null
