// SPDX-License-Identifier: MIT OR Apache-2.0
// A small game that answers requests for snapshots, and a directory for it.
#pragma once

#include <framealloc/framealloc.hpp>
#include <framealloc/snapshot_emitter.hpp>

#include <unistd.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>

namespace fa_insight_test {

// A new directory, removed at the end.
class Folder {
 public:
  Folder() {
    static std::atomic<int> serial{0};
    path_ = std::filesystem::temp_directory_path() /
            ("fa_insight_" + std::to_string(getpid()) + "_" + std::to_string(serial++));
    std::filesystem::create_directories(path_);
  }
  ~Folder() {
    std::error_code error;
    std::filesystem::remove_all(path_, error);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  void write(const std::string& name, std::string_view text) const {
    std::ofstream(path_ / name, std::ios::binary) << text;
  }

 private:
  std::filesystem::path path_;
};

inline constexpr std::string_view kNastyTag = "<script>document.title='owned'</script>";

class Game {
 public:
  explicit Game(const std::filesystem::path& directory, unsigned version = 2)
      : alloc_(framealloc::AllocConfig{.enable_budgets = true}),
        emitter_(framealloc::SnapshotConfig()
                     .with_directory(directory)
                     .with_version(version)
                     .with_max_snapshots(5)
                     .with_min_interval(std::chrono::milliseconds(0))) {
    alloc_.set_thread_name("game thread");
    alloc_.budgets()->register_tag_budget("game::physics", 3 << 20, 4 << 20);
  }
  framealloc::SmartAlloc& alloc() { return alloc_; }
  // One frame, of which physics holds `bytes`.
  void run_frame(std::size_t bytes) {
    alloc_.begin_frame();
    alloc_.with_tag("game", [&] {
      alloc_.with_tag("physics", [&] { (void)alloc_.frame_alloc_layout(bytes, 16); });
      alloc_.with_tag(kNastyTag, [&] { (void)alloc_.frame_alloc_layout(64, 16); });
    });
    alloc_.end_frame();
  }
  bool emit() {
    framealloc::Snapshot snapshot = alloc_.snapshot();
    snapshot.with_duration(12'345);
    snapshot.add_diagnostic(
        {"FA310", std::string(kNastyTag), "<img src=x onerror=document.title='x'>"});
    return emitter_.emit(snapshot);
  }
  [[nodiscard]] bool wanted() const { return emitter_.wanted(); }

 private:
  framealloc::SmartAlloc alloc_;
  framealloc::SnapshotEmitter emitter_;
};

// Runs frames on a thread of its own and writes a snapshot for each request.
class RunningGame {
 public:
  explicit RunningGame(const std::filesystem::path& directory) : directory_(directory) {}
  ~RunningGame() { stop(); }
  RunningGame(const RunningGame&) = delete;
  RunningGame& operator=(const RunningGame&) = delete;
  void stop() {
    thread_.request_stop();
    if (thread_.joinable()) thread_.join();
  }
  [[nodiscard]] int answered() const { return answered_; }

 private:
  std::filesystem::path directory_;
  std::atomic<int> answered_{0};
  std::jthread thread_{[this](const std::stop_token& stop) {
    Game game(directory_);
    while (!stop.stop_requested()) {
      game.run_frame(1 << 20);
      if (game.wanted() && game.emit()) ++answered_;
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }};
};

}  // namespace fa_insight_test
