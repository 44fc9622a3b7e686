// SPDX-License-Identifier: MIT OR Apache-2.0
// The language server: documents of the editor in, diagnostics out.
#pragma once

#include "checks/analyze.hpp"
#include "lsp/document.hpp"
#include "lsp/preambles.hpp"
#include "lsp/snapshot_folder.hpp"
#include "report/report.hpp"

#include <nlohmann/json.hpp>

#include <sys/types.h>
#include <chrono>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace fa_check::lsp {

using Json = nlohmann::json;

class Server {
 public:
  using Clock = std::chrono::steady_clock;

  // Effect: takes a message in; answers go to `take_output()`.
  void receive(const std::string& body);
  // Effect: starts an analysis whose time has come.
  void tick();
  // Effect: reads from the analysis that runs.
  void read_worker();

  [[nodiscard]] std::string take_output();
  // Result: the pipe to watch; -1 when nothing runs.
  [[nodiscard]] int worker_pipe() const { return running_ ? running_->pipe : -1; }
  // The same of the head of a document that is built (preambles.hpp).
  [[nodiscard]] int preamble_pipe() const { return preambles_.pipe(); }
  void collect_preamble() { preambles_.collect(); }
  // The same of the snapshots that are read.
  [[nodiscard]] int snapshot_pipe() const { return snapshots_.pipe(); }
  void collect_snapshots();
  // Result: milliseconds until tick() has something to do; -1 when only events matter.
  [[nodiscard]] int wait_ms() const;
  [[nodiscard]] bool has_ended() const { return exited_; }
  [[nodiscard]] int exit_code() const { return shut_down_ ? 0 : 1; }
  // Effect: ends an analysis that runs.
  void stop_worker();

 private:
  struct Running {
    std::string uri, text;
    int version = 0;
    pid_t child = -1;
    int pipe = -1;
    std::string guessed;  // whose command was taken
    UnitInput input;
  };

  // A request for diagnostics that waits for the analysis of the newest version.
  struct Pull {
    Json id;
    std::string uri;
  };

  void request(const std::string& method, const Json& parameters, const Json& id);
  void answer(const Json& id, Json result) { send({{"id", id}, {"result", std::move(result)}}); }
  void refuse(const Json& id, int code, const std::string& why) {
    send({{"id", id}, {"error", {{"code", code}, {"message", why}}}});
  }
  // Effect: asks the client for something; its answer does not matter.
  void ask(const std::string& method, Json parameters);
  void register_watchers();
  void pull(const Json& parameters, const Json& id);
  void answer_pulls(const std::string& uri);
  void cancel(const Json& id);
  void begin_progress();
  void end_progress();
  void look_at_snapshots();
  void refresh_lenses();
  [[nodiscard]] Json code_lenses(const Json& parameters);
  [[nodiscard]] Json inlay_hints(const Json& parameters) const;
  void notice(const std::string& method, const Json& parameters);
  [[nodiscard]] Json initialize(const Json& parameters);
  void configure(const Json& settings);
  void open(const Json& parameters);
  void change(const Json& parameters);
  void save(const Json& parameters);
  void close(const Json& parameters);
  void analyze_later(const std::string& uri, bool at_once);
  void analyze_all_later();
  void start(const std::string& uri);
  void finish(const Running& run);
  [[nodiscard]] Json diagnostics_of(const Document& document, UnitResult&& result,
                                    const std::string& guessed);
  [[nodiscard]] Json range_of(const Document& document, const Finding& finding) const;
  [[nodiscard]] Json point(const Document& document, unsigned line, unsigned column) const;
  [[nodiscard]] Json code_actions(const Json& parameters) const;
  [[nodiscard]] Json hover(const Json& parameters) const;
  [[nodiscard]] std::string hover_of_finding(const Json& diagnostic) const;
  [[nodiscard]] std::string hover_of_intent(const Document& document, const Intent& intent) const;
  [[nodiscard]] const Intent* intent_at(const Document& document, const std::string& uri,
                                        const Json& position) const;
  void publish(const std::string& uri, int version, Json diagnostics);
  void send(Json message);
  [[nodiscard]] const Document* document_of(const Json& parameters) const;

  std::map<std::string, Document> documents_;
  std::map<std::string, Json> published_;
  std::map<std::string, std::vector<Intent>> intents_;  // of the version that is published
  std::vector<Pull> pulls_;
  SnapshotFolder snapshots_;
  Clock::time_point next_look_{}, next_refresh_{};
  bool lenses_changed_ = false, shows_lenses_ = false;
  std::string progress_;  // the token of the analysis that is shown to run; "" none
  Clock::time_point progress_due_ = Clock::time_point::max();
  unsigned asked_ = 0;  // requests of ours
  std::map<std::string, Clock::time_point> due_;
  std::optional<Running> running_;
  Preambles preambles_;
  std::string output_;
  std::string build_, root_;
  int debounce_ms_ = 300;
  bool on_type_ = true, inlay_hints_ = false;
  // What the client can do.
  bool refreshes_lenses_ = false, refreshes_hints_ = false, shows_progress_ = false;
  bool registers_watchers_ = false;
  bool utf16_ = true;
  bool initialized_ = false, shut_down_ = false, exited_ = false;
};

// Effect: serves standard input until exit. Result: the exit code.
[[nodiscard]] int run_server();

}  // namespace fa_check::lsp
