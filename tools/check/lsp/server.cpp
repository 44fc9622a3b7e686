// SPDX-License-Identifier: MIT OR Apache-2.0
#include "lsp/server.hpp"

#include "lsp/transport.hpp"

#include <algorithm>

namespace fa_check::lsp {

namespace {

constexpr int kMethodNotFound = -32601, kInvalidRequest = -32600, kNotInitialized = -32002;

std::string text_of(const Json& object, const char* key) {
  const auto found = object.is_object() ? object.find(key) : object.end();
  return object.is_object() && found != object.end() && found->is_string()
             ? found->get<std::string>()
             : std::string();
}

const Json& member(const Json& object, const char* key) {
  static const Json none;
  if (!object.is_object()) return none;
  const auto found = object.find(key);
  return found == object.end() ? none : *found;
}

}  // namespace

void Server::send(Json message) {
  message["jsonrpc"] = "2.0";
  output_ += framed(message.dump(-1, ' ', false, Json::error_handler_t::replace));
}

std::string Server::take_output() { return std::exchange(output_, {}); }

void Server::receive(const std::string& body) {
  const Json message = Json::parse(body, nullptr, false);
  const std::string method = text_of(message, "method");
  if (message.is_discarded() || !message.is_object()) {
    return send({{"id", nullptr}, {"error", {{"code", -32700}, {"message", "no JSON object"}}}});
  }
  // An answer to a request of ours; there are none that matter.
  if (method.empty()) return;
  const Json& parameters = member(message, "params");
  if (message.contains("id")) {
    request(method, parameters, message["id"]);
  } else {
    notice(method, parameters);
  }
}

void Server::ask(const std::string& method, Json parameters) {
  Json message{{"id", "fa-" + std::to_string(++asked_)}, {"method", method}};
  if (!parameters.is_null()) message["params"] = std::move(parameters);
  send(std::move(message));
}

void Server::request(const std::string& method, const Json& parameters, const Json& id) {
  if (method == "initialize") return answer(id, initialize(parameters));
  if (!initialized_) return refuse(id, kNotInitialized, "initialize comes first");
  if (shut_down_) return refuse(id, kInvalidRequest, "the server was shut down");
  if (method == "shutdown") {
    shut_down_ = true;
    stop_worker();
    return answer(id, nullptr);
  }
  if (method == "textDocument/codeAction") return answer(id, code_actions(parameters));
  if (method == "textDocument/hover") return answer(id, hover(parameters));
  if (method == "textDocument/codeLens") return answer(id, code_lenses(parameters));
  if (method == "textDocument/inlayHint") return answer(id, inlay_hints(parameters));
  if (method == "textDocument/diagnostic") return pull(parameters, id);
  refuse(id, kMethodNotFound, "no method '" + method + "'");
}

void Server::notice(const std::string& method, const Json& parameters) {
  if (method == "exit") {
    exited_ = true;
  } else if (!initialized_ || shut_down_) {
    return;
  } else if (method == "initialized") {
    register_watchers();
  } else if (method == "$/cancelRequest") {
    cancel(member(parameters, "id"));
  } else if (method == "textDocument/didOpen") {
    open(parameters);
  } else if (method == "textDocument/didChange") {
    change(parameters);
  } else if (method == "textDocument/didSave") {
    save(parameters);
  } else if (method == "textDocument/didClose") {
    close(parameters);
  } else if (method == "workspace/didChangeConfiguration") {
    const std::string build = build_;
    configure(member(parameters, "settings"));
    // Figures and waits change nothing of what is found.
    if (build_ != build) analyze_all_later();
  } else if (method == "workspace/didChangeWatchedFiles") {
    analyze_all_later();
  }
}

Json Server::initialize(const Json& parameters) {
  initialized_ = true;
  const Json& encodings =
      member(member(member(parameters, "capabilities"), "general"), "positionEncodings");
  if (encodings.is_array()) {
    utf16_ = std::find(encodings.begin(), encodings.end(), "utf-8") == encodings.end();
  }
  const Json& can = member(parameters, "capabilities");
  const auto can_do = [&](const char* part, const char* what, const char* how) {
    const Json& value = member(member(member(can, part), what), how);
    return value.is_boolean() && value.get<bool>();
  };
  refreshes_lenses_ = can_do("workspace", "codeLens", "refreshSupport");
  refreshes_hints_ = can_do("workspace", "inlayHint", "refreshSupport");
  registers_watchers_ = can_do("workspace", "didChangeWatchedFiles", "dynamicRegistration");
  const Json& progress = member(member(can, "window"), "workDoneProgress");
  shows_progress_ = progress.is_boolean() && progress.get<bool>();
  root_ = path_of_uri(text_of(parameters, "rootUri"));
  configure(member(parameters, "initializationOptions"));
  Json capabilities{{"positionEncoding", utf16_ ? "utf-16" : "utf-8"},
                    {"textDocumentSync", {{"openClose", true}, {"change", 2}, {"save", true}}},
                    {"codeActionProvider", {{"codeActionKinds", {"quickfix"}}}},
                    {"hoverProvider", true},
                    {"codeLensProvider", {{"resolveProvider", false}}},
                    {"inlayHintProvider", true}};
  // These show what is published and what they asked for side by side, so each finding twice.
  const std::string client = text_of(member(parameters, "clientInfo"), "name");
  if (client != "Neovim" && client != "helix")
    capabilities["diagnosticProvider"] = {{"interFileDependencies", true},
                                          {"workspaceDiagnostics", false}};
  return {{"capabilities", std::move(capabilities)},
          {"serverInfo", {{"name", "fa-check"}, {"version", FRAMEALLOC_TOOLS_VERSION}}}};
}

void Server::configure(const Json& settings) {
  const Json& own =
      settings.is_object() && settings.contains("framealloc") ? settings["framealloc"] : settings;
  if (!own.is_object()) return;
  if (own.contains("build")) build_ = text_of(own, "build");
  const Json& debounce = member(own, "debounceMs");
  if (debounce.is_number_integer()) debounce_ms_ = std::clamp(debounce.get<int>(), 0, 60'000);
  const Json& on_type = member(own, "onType");
  if (on_type.is_boolean()) on_type_ = on_type.get<bool>();
  const Json& hints = member(own, "inlayHints");
  if (hints.is_boolean() && hints.get<bool>() != inlay_hints_) {
    inlay_hints_ = hints.get<bool>();
    if (refreshes_hints_) ask("workspace/inlayHint/refresh", nullptr);
  }
  if (!own.contains("snapshotDir")) return;
  const std::string folder = text_of(own, "snapshotDir");
  const bool is_relative = !folder.empty() && folder.front() != '/' && !root_.empty();
  if (snapshots_.attach(is_relative ? root_ + "/" + folder : folder)) lenses_changed_ = true;
}

void Server::open(const Json& parameters) {
  const Json& item = member(parameters, "textDocument");
  const std::string uri = text_of(item, "uri"), path = path_of_uri(uri);
  const Json& version = member(item, "version");
  if (path.empty() || !version.is_number_integer()) return;
  documents_.insert_or_assign(uri, Document(path, version.get<int>(), text_of(item, "text")));
  analyze_later(uri, true);
}

void Server::change(const Json& parameters) {
  const Json& item = member(parameters, "textDocument");
  const std::string uri = text_of(item, "uri");
  const auto found = documents_.find(uri);
  const Json& version = member(item, "version");
  if (found == documents_.end() || !version.is_number_integer()) return;
  for (const Json& part : member(parameters, "contentChanges")) {
    if (!found->second.change(part, utf16_)) {
      // From here on we would analyze what the editor does not show.
      send({{"method", "window/showMessage"},
            {"params",
             {{"type", 2},
              {"message", "framealloc: a change of " + found->second.path() +
                              " could not be read; open it anew"}}}});
      documents_.erase(found);
      return;
    }
  }
  found->second.set_version(version.get<int>());
  // The result of the version before would be thrown away.
  if (running_ && running_->uri == uri) stop_worker();
  if (on_type_) analyze_later(uri, false);
}

void Server::save(const Json& parameters) {
  const std::string uri = text_of(member(parameters, "textDocument"), "uri");
  if (documents_.count(uri) != 0) analyze_later(uri, true);
}

void Server::close(const Json& parameters) {
  const std::string uri = text_of(member(parameters, "textDocument"), "uri");
  const auto found = documents_.find(uri);
  if (found == documents_.end()) return;
  preambles_.drop(found->second.path());
  documents_.erase(found);
  due_.erase(uri);
  if (running_ && running_->uri == uri) stop_worker();
  published_.erase(uri);
  intents_.erase(uri);
  answer_pulls(uri);
  send({{"method", "textDocument/publishDiagnostics"},
        {"params", {{"uri", uri}, {"diagnostics", Json::array()}}}});
}

void Server::analyze_later(const std::string& uri, bool at_once) {
  due_[uri] = Clock::now() + std::chrono::milliseconds(at_once ? 0 : debounce_ms_);
}

void Server::analyze_all_later() {
  stop_worker();
  for (const auto& [uri, document] : documents_) analyze_later(uri, false);
}

int Server::wait_ms() const {
  auto next = Clock::time_point::max();
  if (!running_)
    for (const auto& [uri, when] : due_) next = std::min(next, when);
  if (running_) next = std::min(next, progress_due_);
  if (snapshots_.is_attached() && shows_lenses_) next = std::min(next, next_look_);
  if (lenses_changed_ && shows_lenses_) next = std::min(next, next_refresh_);
  if (next == Clock::time_point::max()) return -1;
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(next - Clock::now());
  return static_cast<int>(std::clamp<std::int64_t>(left.count() + 1, 0, 60'000));
}

void Server::tick() {
  if (shut_down_) return;
  look_at_snapshots();
  refresh_lenses();
  if (running_ && Clock::now() >= progress_due_) begin_progress();
  if (running_) return;
  for (auto due = due_.begin(); due != due_.end(); ++due) {
    if (due->second > Clock::now()) continue;
    const std::string uri = due->first;
    due_.erase(due);
    return start(uri);
  }
}

const Document* Server::document_of(const Json& parameters) const {
  const auto found = documents_.find(text_of(member(parameters, "textDocument"), "uri"));
  return found == documents_.end() ? nullptr : &found->second;
}

void Server::publish(const std::string& uri, int version, Json diagnostics) {
  published_[uri] = diagnostics;
  send({{"method", "textDocument/publishDiagnostics"},
        {"params", {{"uri", uri}, {"version", version}, {"diagnostics", std::move(diagnostics)}}}});
  answer_pulls(uri);
  if (inlay_hints_ && refreshes_hints_) ask("workspace/inlayHint/refresh", nullptr);
}

}  // namespace fa_check::lsp
