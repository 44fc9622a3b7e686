// SPDX-License-Identifier: MIT OR Apache-2.0
// A level larger than its memory: a camera flies over tiles, and a thread streams their files from
// disk, within a budget that holds a third of them.
#include <framealloc/framealloc.hpp>
#include <framealloc/transfer_channel.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <utility>

namespace fa = framealloc;
namespace fs = std::filesystem;
using namespace framealloc::literals;

namespace {

constexpr int kTiles = 24;
constexpr std::size_t kTileBytes = 512_KiB;
constexpr std::size_t kBudget = 8 * kTileBytes;

// The files of the world; the destructor removes them.
class World {
 public:
  World() {
    const auto stamp = std::chrono::steady_clock::now().time_since_epoch().count();
    folder_ = fs::temp_directory_path() / ("framealloc-world-" + std::to_string(stamp));
    fs::create_directories(folder_);
    for (int tile = 0; tile < kTiles; ++tile) {
      std::ofstream(path_of(tile), std::ios::binary) << std::string(kTileBytes, letter_of(tile));
    }
  }
  ~World() {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }
  World(const World&) = delete;
  World& operator=(const World&) = delete;
  [[nodiscard]] fs::path path_of(int tile) const {
    return folder_ / ("tile" + std::to_string(tile) + ".bin");
  }
  static char letter_of(int tile) { return static_cast<char>('A' + tile); }

 private:
  fs::path folder_;
};

struct Job {
  fa::StreamId id;
  fs::path path;
};

// Reads the requested files, one after the other, on its own thread.
class Loader {
 public:
  explicit Loader(fa::SmartAlloc& alloc)
      : alloc_(alloc), jobs_(alloc, kTiles), thread_([this] {
          while (auto job = jobs_.receive()) load(*job.receive());
        }) {}
  ~Loader() {
    jobs_.close();
    thread_.join();
  }
  Loader(const Loader&) = delete;
  Loader& operator=(const Loader&) = delete;
  void ask(Job job) { jobs_.send(alloc_.frame_box_for_transfer<Job>(std::move(job))); }

 private:
  void load(const Job& job) {
    // Null if the tile was freed before its turn. While we write, nothing frees the memory: no
    // eviction, no free() and no cancel_load().
    fa::StreamingAllocator& streaming = alloc_.streaming();
    if (!streaming.state(job.id)) return;
    auto* const memory = static_cast<char*>(streaming.begin_load(job.id));
    if (memory == nullptr) return;
    std::ifstream file(job.path, std::ios::binary);
    std::size_t read = 0;
    while (read < kTileBytes) {
      file.read(memory + read, static_cast<std::streamsize>(64_KiB));
      const auto got = static_cast<std::size_t>(file.gcount());
      read += got;
      if (got == 0 || !streaming.report_progress(job.id, read)) {
        streaming.fail_load(job.id);  // a short file, or no longer needed
        return;
      }
    }
    streaming.finish_load(job.id);
  }

  fa::SmartAlloc& alloc_;
  fa::TransferChannel<Job> jobs_;
  std::thread thread_;  // last, so it starts when the other members exist
};

}  // namespace

int main() {
  const World world;
  fa::SmartAlloc alloc;
  fa::StreamingAllocator& streaming = alloc.streaming();
  streaming.set_budget(kBudget);
  std::atomic<int> evicted{0};
  streaming.set_eviction_callback(
      [](const fa::StreamEviction&, void* counter) {
        static_cast<std::atomic<int>*>(counter)->fetch_add(1);
      },
      &evicted);

  std::array<fa::StreamId, kTiles> tiles{};
  int drawn = 0;
  int wrong = 0;
  {
    Loader loader(alloc);
    for (int tile = 0; tile < kTiles; ++tile) {
      // Tiles behind the camera do not matter; tiles ahead do.
      if (tile > 0)
        streaming.set_priority(tiles[static_cast<std::size_t>(tile - 1)], fa::StreamPriority::Low);
      fa::StreamId& id = tiles[static_cast<std::size_t>(tile)];
      id = streaming.reserve_tagged(kTileBytes, fa::StreamPriority::High, "world::tiles", 4096);
      if (id) loader.ask({id, world.path_of(tile)});

      for (bool seen = false; !seen && streaming.state(id).has_value();) {
        const auto frame = alloc.scoped_frame();  // its end ages the unused tiles
        if (const fa::StreamRef ref = streaming.acquire(id)) {
          seen = true;
          ++drawn;
          if (ref.data()[kTileBytes - 1] != static_cast<std::byte>(World::letter_of(tile))) ++wrong;
        } else if (streaming.state(id) == fa::StreamState::Failed) {
          break;
        }
        if (!seen) std::this_thread::sleep_for(std::chrono::milliseconds(1));
      }
      if (tile % 6 == 5) {
        const fa::StreamingStats stats = streaming.stats();
        std::printf("tile %2d: %zu of %zu KiB reserved, %.0f%% of it loaded, %d evicted\n",
                    tile + 1, stats.total_reserved / 1024, stats.budget / 1024,
                    stats.load_progress_percent(), evicted.load());
      }
    }
  }
  std::printf("%d tiles drawn, %d wrong; at most %zu KiB held\n", drawn, wrong,
              streaming.stats().peak_reserved / 1024);
  return drawn == kTiles && wrong == 0 ? 0 : 1;
}
