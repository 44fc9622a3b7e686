// SPDX-License-Identifier: MIT OR Apache-2.0
// A game loop at 60 frames a second that answers requests for snapshots; the steps of cost.mjs attach an editor to it and
// detach it. cost_game FOLDER FILE: writes snapshots into the one, and of each frame its end (ms since 1970) and how long
// it and its thread's processor took (us) into the other, until it is killed.
#include <framealloc/framealloc.hpp>
// Not there beside the one header of ./dev amalgamate, which has it in it.
#if __has_include(<framealloc/snapshot_emitter.hpp>)
#include <framealloc/snapshot_emitter.hpp>
#endif

#include <time.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <thread>

namespace fa = framealloc;
using Clock = std::chrono::steady_clock;

namespace {

// What a busy machine takes away from a thread is not in it.
double processor_us() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e6 + static_cast<double>(now.tv_nsec) / 1e3;
}

constexpr std::array<const char*, 8> kTags{"physics", "animation", "ai",    "audio",
                                           "render",  "particles", "scene", "hud"};

// Result: something that depends on all that was written, so that none of it is left out.
unsigned play(fa::SmartAlloc& alloc, unsigned seed) {
  unsigned sum = seed;
  for (const char* tag : kTags) {
    alloc.with_tag(tag, [&] {
      for (int i = 0; i < 400; ++i) {
        auto* const words = static_cast<unsigned*>(alloc.frame_alloc_layout(1024, 16));
        for (unsigned at = 0; at < 256; ++at) sum += words[at] = sum * 1664525U + at;
      }
    });
  }
  return sum;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  std::FILE* const times = std::fopen(argv[2], "w");
  if (times == nullptr) return 3;
  fa::SmartAlloc alloc;
  fa::SnapshotEmitter emitter(
      fa::SnapshotConfig().with_directory(argv[1]).with_version(fa::kSnapshotVersion3));
  // There is something to attach to.
  if (!emitter.emit(alloc.snapshot())) return 3;
  unsigned sum = 1;
  for (auto next = Clock::now();; next += std::chrono::microseconds(16'667)) {
    std::this_thread::sleep_until(next);
    const auto began = Clock::now();
    const double processor = processor_us();
    alloc.begin_frame();
    sum = play(alloc, sum);
    alloc.end_frame();
    const bool wanted = emitter.wanted();
    if (wanted && !emitter.emit(alloc.snapshot()))
      std::fprintf(stderr, "%s\n", emitter.error().c_str());
    const double used = processor_us() - processor;
    const auto took = std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now() - began);
    const auto now = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::system_clock::now().time_since_epoch());
    std::fprintf(times, "%lld %.1f %.1f %d\n", static_cast<long long>(now.count()),
                 static_cast<double>(took.count()) / 1000.0, used, wanted ? 1 : 0);
    // A frame that came late begins anew, as a game's does; the delay is not made up for.
    if (Clock::now() > next + std::chrono::milliseconds(50)) next = Clock::now();
    if (sum == 0) std::fflush(times);
  }
}
