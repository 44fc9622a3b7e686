// SPDX-License-Identifier: MIT OR Apache-2.0
#include "run.hpp"

#include <algorithm>
#include <chrono>
#include <memory>

#include "bug.hpp"
#include "common/progress.hpp"
#include "format.hpp"
#include "interrupt.hpp"
#include "page_faults.hpp"

#if defined(__unix__) || defined(__APPLE__)
#include <time.h>
#endif

namespace fa_demo {
namespace {

using Clock = std::chrono::steady_clock;

// The sides run in turns, so that a neighbor who takes the processor for a second disturbs both.
constexpr std::uint32_t kTimedPerTurn = 30;
// After a change of sides the caches hold the other side's data: these frames are not timed.
constexpr std::uint32_t kSettlingPerTurn = 2;

struct Player {
  std::unique_ptr<Side> side;
  SideResult result;
  std::uint32_t frame = 0;
};

/// Processor time of this thread, in nanoseconds; 0 where the system does not tell. What other
/// programs take from the processor is in the frame time, but not in this.
std::uint64_t thread_processor_time() noexcept {
#if defined(__unix__) || defined(__APPLE__)
  timespec time{};
  if (clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time) != 0) return 0;
  return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000U +
         static_cast<std::uint64_t>(time.tv_nsec);
#else
  return 0;
#endif
}

struct FrameTime {
  std::uint64_t nanoseconds = 0;
  std::uint64_t processor_nanoseconds = 0;
};

/// Runs one frame; returns its times and notes its page faults.
FrameTime play_frame(Player& player, bool keep_faults) {
  const std::uint64_t faults_before = process_page_faults();
  const std::uint64_t processor_before = thread_processor_time();
  const auto began = Clock::now();
  player.side->run_frame();
  const auto took = Clock::now() - began;
  const std::uint64_t processor = thread_processor_time() - processor_before;
  const std::uint64_t faults = process_page_faults() - faults_before;
  if (keep_faults) player.result.frame_faults.push_back(faults);
  player.result.checksum = player.side->checksum();
  ++player.frame;
  return {static_cast<std::uint64_t>(
              std::chrono::duration_cast<std::chrono::nanoseconds>(took).count()),
          processor};
}

void add_phase_times(Player& player) {
  const std::vector<PhaseTime>& times = player.side->phase_times();
  std::vector<PhaseTotal>& totals = player.result.phases;
  if (totals.empty()) {
    for (const PhaseTime& time : times) totals.push_back({std::string(time.name), {}, 0, 0.0});
  }
  for (std::size_t i = 0; i < times.size() && i < totals.size(); ++i) {
    totals[i].nanoseconds.push_back(times[i].nanoseconds);
  }
}

/// Two frames that are not timed: one in which calls and faults are counted, and one in which the
/// allocator is asked.
void play_counted_frames(Player& player) {
  CountedFrame counted;
  counted.frame = player.frame;
  player.side->watch_physics_faults(true);
  start_call_census();
  play_frame(player, true);
  counted.calls = stop_call_census();
  player.side->watch_physics_faults(false);
  counted.faults = player.result.frame_faults.back();
  counted.physics_faults = player.side->physics_faults();
  counted.memory = player.side->inspect_frame();
  player.result.checksum = player.side->checksum();
  ++player.frame;
  player.result.counted.push_back(std::move(counted));
}

void play_turn(Player& player, std::uint32_t timed) {
  for (std::uint32_t i = 0; i < kSettlingPerTurn && !interrupted(); ++i) play_frame(player, true);
  for (std::uint32_t i = 0; i < timed && !interrupted(); ++i) {
    const FrameTime time = play_frame(player, true);
    player.result.frame_nanoseconds.push_back(time.nanoseconds);
    player.result.processor_nanoseconds.push_back(time.processor_nanoseconds);
    std::uint64_t physics = 0;
    for (const PhaseTime& part : player.side->phase_times()) {
      if (part.name == "physics") physics += part.nanoseconds;
    }
    player.result.our_nanoseconds.push_back(time.nanoseconds - std::min(physics, time.nanoseconds));
    add_phase_times(player);
  }
  if (!interrupted()) play_counted_frames(player);
}

// Frames for the trace file, after everything is measured.
constexpr std::uint32_t kTraceFileFrames = 240;

std::string play_for_trace(Side& side, const std::string& path) {
  const std::string complaint = side.begin_trace(path);
  for (std::uint32_t i = 0; complaint.empty() && i < kTraceFileFrames && !interrupted(); ++i) {
    side.run_frame();
  }
  const std::string at_end = side.end_trace();
  return complaint.empty() ? at_end : complaint;
}

std::vector<Player> make_players(const Options& options, JobCrew& crew) {
  std::vector<Player> players;
  for (const SideInfo& side : all_sides()) {
    if (!options.runs(side.kind)) continue;
    switch (side.kind) {
      case SideKind::Framealloc:
        players.push_back({make_framealloc_side(options, crew), {}, 0});
        break;
      case SideKind::Malloc:
        players.push_back({make_malloc_side(options, crew), {}, 0});
        break;
      case SideKind::Kept:
        players.push_back({make_kept_side(options, crew), {}, 0});
        break;
      case SideKind::Mimalloc:
        players.push_back({make_mimalloc_side(options, crew), {}, 0});
        break;
    }
  }
  const std::size_t turns = options.frames / kTimedPerTurn + 1;
  for (Player& player : players) {
    player.result.name = player.side->name();
    player.result.frame_nanoseconds.reserve(options.frames);
    player.result.processor_nanoseconds.reserve(options.frames);
    player.result.our_nanoseconds.reserve(options.frames);
    player.result.frame_faults.reserve(options.frames + turns * (kSettlingPerTurn + 1));
    player.result.counted.reserve(turns);
  }
  return players;
}

// Result: what the sides' frames took so far, so that nobody has to wait for
// the first figure until the end.
std::string first_figures(const std::vector<Player>& players) {
  std::string text = "frame so far:";
  for (const Player& player : players) {
    std::vector<std::uint64_t> times = player.result.frame_nanoseconds;
    if (times.empty()) return "playing";
    const auto middle = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2);
    std::nth_element(times.begin(), middle, times.end());
    text += concat(" ", side_title(player.result.name), " ",
                   fixed(static_cast<double>(*middle) / 1e6, 2),
                   &player == &players.back() ? " ms" : ",");
  }
  return text;
}

bool differ(const std::vector<Player>& players) {
  return std::any_of(players.begin(), players.end(), [&players](const Player& player) {
    return player.frame == players[0].frame && player.result.checksum != players[0].result.checksum;
  });
}

}  // namespace

RunResult run_demo(const Options& asked, fa_tools::Progress& progress) {
  RunResult run;
  run.options = asked;
  if (asked.runs(SideKind::Mimalloc)) {
    run.missing_side = load_mimalloc();
    if (!run.missing_side.empty()) {
      run.missing_side = "mimalloc is left out: " + run.missing_side;
      std::erase(run.options.sides, SideKind::Mimalloc);
    }
  }
  const Options& options = run.options;
  run.calls_counted = can_count_calls();
  run.faults_counted = can_count_page_faults();
  const auto began = Clock::now();

  {
    JobCrew crew(options.threads, options.hand_off);
    learn_callers();
    std::vector<Player> players = make_players(options, crew);
    const std::uint64_t total =
        (static_cast<std::uint64_t>(options.frames) + options.warm_up) * players.size();
    std::uint64_t done = 0;

    for (std::uint32_t i = 0; i < options.warm_up && !interrupted(); ++i) {
      for (Player& player : players) play_frame(player, false);
      done += players.size();
      progress.show("warming up", done, total);
    }
    bool reversed = false;
    for (std::uint32_t left = options.frames; left != 0 && !interrupted();) {
      const std::uint32_t timed = std::min(left, kTimedPerTurn);
      left -= timed;
      // A B C, then C B A: no side always follows the same other.
      for (std::size_t i = 0; i < players.size(); ++i) {
        Player& player = players[reversed ? players.size() - 1 - i : i];
        progress.show(first_figures(players), done, total);
        play_turn(player, timed);
        done += timed;
      }
      if (run.frames_run == 0 && left != 0 && !options.json) progress.note(first_figures(players));
      reversed = !reversed;
      run.frames_run += timed;
      if (differ(players)) {
        run.same_checksums = false;
        run.different_at = players[0].frame;
        break;
      }
    }
    run.interrupted = interrupted();
    if (run.interrupted && !players.empty()) {
      run.frames_run = players[0].result.frame_nanoseconds.size();
    }
    for (Player& player : players) {
      player.result.counts = player.side->counts();
      player.result.features = player.side->features();
      run.sides.push_back(std::move(player.result));
    }
    if (!options.trace_path.empty() && !interrupted()) {
      progress.show("tracing", done, total);
      run.trace_complaint = play_for_trace(*players[0].side, options.trace_path);
    }
  }
  std::uint64_t traced = 0;
  for (SideResult& side : run.sides) {
    if (!options.trace) {
      side.system_calls.why_not = "not asked for (--no-trace)";
    } else if (interrupted()) {
      side.system_calls.why_not = "interrupted before";
    } else {
      progress.show("counting system calls", traced++, run.sides.size());
      side.system_calls = trace_side(options, side.name);
    }
    summarize(side);
  }
  if (options.show_bug && !interrupted()) {
    progress.show("showing the bug", 1, 1);
    run.bug = show_bug(options);
  }
  run.interrupted = run.interrupted || interrupted();
  run.seconds = std::chrono::duration<double>(Clock::now() - began).count();
  return run;
}

void run_traced_child(const Options& options) {
  if (options.runs(SideKind::Mimalloc) && !load_mimalloc().empty()) return;
  JobCrew crew(options.threads, options.hand_off);
  std::vector<Player> players = make_players(options, crew);
  for (Player& player : players) {
    for (std::uint32_t i = 0; i < options.warm_up; ++i) player.side->run_frame();
    mark_traced_frames_begin();
    for (std::uint32_t i = 0; i < kTracedFrames; ++i) player.side->run_frame();
    mark_traced_frames_end();
  }
}

}  // namespace fa_demo
