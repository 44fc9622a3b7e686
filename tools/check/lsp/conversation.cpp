// SPDX-License-Identifier: MIT OR Apache-2.0
// What the server and the client tell each other beside documents and answers: requests that wait,
// requests that are withdrawn, files to watch, work that takes long.
#include "lsp/server.hpp"

#include <algorithm>

namespace fa_check::lsp {

namespace {

constexpr int kRequestCancelled = -32800, kContentModified = -32801;

}  // namespace

void Server::register_watchers() {
  if (!registers_watchers_) return;
  Json watchers = Json::array();
  for (const char* glob : {"**/compile_commands.json", "**/.fa.toml"})
    watchers.push_back({{"globPattern", glob}});
  ask("client/registerCapability",
      {{"registrations",
        {{{"id", "framealloc-files"},
          {"method", "workspace/didChangeWatchedFiles"},
          {"registerOptions", {{"watchers", std::move(watchers)}}}}}}});
}

void Server::pull(const Json& parameters, const Json& id) {
  const Document* const document = document_of(parameters);
  if (document == nullptr) return answer(id, {{"kind", "full"}, {"items", Json::array()}});
  const std::string uri = parameters["textDocument"]["uri"].get<std::string>();
  pulls_.push_back({id, uri});
  const bool is_coming = due_.count(uri) != 0 || (running_ && running_->uri == uri);
  if (!is_coming && published_.count(uri) != 0) return answer_pulls(uri);
  // Whoever asks does not want to wait for the next key.
  if (!is_coming || due_.count(uri) != 0) analyze_later(uri, true);
}

void Server::answer_pulls(const std::string& uri) {
  const auto found = published_.find(uri);
  for (const Pull& pull : pulls_) {
    if (pull.uri != uri) continue;
    if (found == published_.end())
      refuse(pull.id, kContentModified, "the document was closed");
    else
      answer(pull.id, {{"kind", "full"}, {"items", found->second}});
  }
  std::erase_if(pulls_, [&](const Pull& pull) { return pull.uri == uri; });
}

void Server::cancel(const Json& id) {
  // Whatever else was asked for has been answered at once.
  const auto pull =
      std::find_if(pulls_.begin(), pulls_.end(), [&](const Pull& each) { return each.id == id; });
  if (pull == pulls_.end()) return;
  refuse(pull->id, kRequestCancelled, "the request was withdrawn");
  pulls_.erase(pull);
}

void Server::begin_progress() {
  progress_due_ = Clock::time_point::max();
  if (!shows_progress_ || !running_ || !progress_.empty()) return;
  progress_ = "framealloc-" + std::to_string(asked_ + 1);
  ask("window/workDoneProgress/create", {{"token", progress_}});
  const std::string name = running_->input.file.substr(running_->input.file.rfind('/') + 1);
  send({{"method", "$/progress"},
        {"params",
         {{"token", progress_},
          {"value", {{"kind", "begin"}, {"title", "framealloc"}, {"message", "reads " + name}}}}}});
}

void Server::end_progress() {
  progress_due_ = Clock::time_point::max();
  if (progress_.empty()) return;
  send(
      {{"method", "$/progress"}, {"params", {{"token", progress_}, {"value", {{"kind", "end"}}}}}});
  progress_.clear();
}

}  // namespace fa_check::lsp
