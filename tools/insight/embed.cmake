# SPDX-License-Identifier: MIT OR Apache-2.0
# cmake -D FOLDER=... -D OUTPUT=... -P embed.cmake
# Writes a C++ file with the page: page.html with the styles and the modules put in their places.
# Modules are joined inside one function, in the order of modules.txt, without their lines of imports and the
# word export: so their names must differ, which modules_test.cpp looks after.
file(READ "${FOLDER}/page.html" page)
file(READ "${FOLDER}/components/components.css" components)
file(READ "${FOLDER}/page.css" css)
set(css "${components}${css}")
file(STRINGS "${FOLDER}/modules.txt" modules REGEX "^[a-z]")
set(js "")
foreach(module IN LISTS modules)
  file(READ "${FOLDER}/${module}" text)
  string(REGEX REPLACE "\n(import|/[*][*] @import) [^\n]*" "" text "${text}")
  string(REGEX REPLACE "\nexport " "\n" text "${text}")
  string(APPEND js "// --- ${module}\n${text}")
endforeach()
set(js "(() => {\n'use strict';\n${js}})();")
string(REPLACE "@PAGE_css@" "${css}" page "${page}")
string(REPLACE "@PAGE_js@" "${js}" page "${page}")
# In bytes: compilers limit the length of a string literal.
file(WRITE "${OUTPUT}.html" "${page}")
file(READ "${OUTPUT}.html" bytes HEX)
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
string(REGEX REPLACE "((0x..,){20})" "\\1\n" bytes "${bytes}")
file(WRITE "${OUTPUT}"
"// Made by embed.cmake from page.html, its styles and its modules.
#include \"page.hpp\"

namespace fa_insight {
namespace {
constexpr unsigned char kPage[] = {
${bytes}
};
}  // namespace

std::string_view page_template() {
  return {reinterpret_cast<const char*>(kPage), sizeof kPage};
}
}  // namespace fa_insight
")
