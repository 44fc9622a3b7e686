# SPDX-License-Identifier: MIT OR Apache-2.0
# cmake -D FOLDER=... -D OUTPUT=... -P embed.cmake
# Writes a C++ file with the page: page.html with page.css and page.js put in their places.
file(READ "${FOLDER}/page.html" page)
foreach(part IN ITEMS css js)
  file(READ "${FOLDER}/page.${part}" text)
  string(REPLACE "@PAGE_${part}@" "${text}" page "${page}")
endforeach()
# In bytes: compilers limit the length of a string literal.
file(WRITE "${OUTPUT}.html" "${page}")
file(READ "${OUTPUT}.html" bytes HEX)
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
string(REGEX REPLACE "((0x..,){20})" "\\1\n" bytes "${bytes}")
file(WRITE "${OUTPUT}"
"// Made by embed.cmake from page.html, page.css and page.js.
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
