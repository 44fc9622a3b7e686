// SPDX-License-Identifier: MIT OR Apache-2.0
// What an editor, or something that takes the server for one, sends to `fa lsp`. No analysis is
// started: that happens between messages.
#include "lsp/server.hpp"
#include "lsp/transport.hpp"

#include <nlohmann/json.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

using fa_check::lsp::framed;
using Json = nlohmann::json;

void require(bool holds) {
  if (!holds) std::abort();
}

constexpr const char* kInitialize =
    R"({"jsonrpc":"2.0","id":0,"method":"initialize","params":{"rootUri":"file:///p","capabilities":{)"
    R"("workspace":{"codeLens":{"refreshSupport":true},"inlayHint":{"refreshSupport":true},)"
    R"("didChangeWatchedFiles":{"dynamicRegistration":true}},"window":{"workDoneProgress":true}}}})";
constexpr const char* kOpen =
    R"({"jsonrpc":"2.0","method":"textDocument/didOpen","params":{"textDocument":{"uri":"file:///p/a.cpp",)"
    R"("languageId":"cpp","version":1,"text":"int a;\nvoid f() { m.with_tag(\"ä\", g); }\n"}}})";

// Whatever is answered can be read, and each request is answered at most once.
void check_output(const std::string& output) {
  fa_check::lsp::MessageReader reader;
  reader.add(output);
  std::size_t read = 0;
  while (const auto body = reader.next()) {
    const Json message = Json::parse(*body, nullptr, false);
    require(message.is_object() && message.value("jsonrpc", "") == "2.0");
    require(message.contains("method") || message.contains("result") != message.contains("error"));
    read += framed(*body).size();
  }
  require(read == output.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fa_check::lsp::Server server;
  server.receive(kInitialize);
  server.receive(kOpen);
  fa_check::lsp::MessageReader reader;
  reader.add({reinterpret_cast<const char*>(data), size});
  while (const auto body = reader.next()) server.receive(*body);
  // A mutation seldom keeps the length of its message right: the bytes are a message, too.
  server.receive(std::string(reinterpret_cast<const char*>(data), size));
  check_output(server.take_output());
  return 0;
}
