// SPDX-License-Identifier: MIT OR Apache-2.0
// Writes snapshots of real allocators into the folder named, in every version of the schema, and
// maps of the memory of devices; the program beside it checks them against the schemas.
#include <framealloc/device_map.hpp>
#include <framealloc/framealloc.hpp>
#include <framealloc/snapshot_emitter.hpp>

#include "support/device_maps.hpp"
#include "support/fake_device.hpp"

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

namespace {

namespace fs = std::filesystem;
using namespace framealloc;
using namespace framealloc::literals;

bool write(const Snapshot& snapshot, const fs::path& folder) {
  for (const unsigned version : {SNAPSHOT_VERSION, kSnapshotVersion2, kSnapshotVersion3}) {
    SnapshotConfig config;
    config.with_directory(folder / ("v" + std::to_string(version))).with_version(version);
    SnapshotEmitter emitter(config);
    if (!emitter.emit(snapshot)) {
      std::fprintf(stderr, "%s\n", emitter.error().c_str());
      return false;
    }
  }
  return true;
}

// An allocator before its first frame, one that could not be made, and a snapshot of nothing.
bool write_empty(const fs::path& folder) {
  const SmartAlloc fresh(AllocConfig::minimal());
  NullSource nothing;
  const SmartAlloc none(AllocConfig::minimal().with_upstream(&nothing).with_report_handler(
      [](const Report&, void*) {}));
  return write(fresh.snapshot(), folder / "fresh") && write(none.snapshot(), folder / "none") &&
         write(Snapshot(18'446'744'073'709'551'615U), folder / "nothing");
}

// Names that JSON has to escape.
bool write_names(const fs::path& folder) {
  SmartAlloc alloc(AllocConfig::minimal());
  alloc.set_thread_name("m\xc3\xa4in \"1\"\\\n\x01");
  const ScopedFrame frame = alloc.scoped_frame();
  alloc.with_tag("a \"tag\"\t\x1f", [&] { (void)alloc.frame_alloc_layout(64, 16); });
  return write(alloc.snapshot(), folder / "names");
}

struct Kept {
  explicit Kept(int v) : value(v) {}
  int value;
  char bytes[252] = {};
};

struct Worker {
  void operator()() const {
    alloc.set_thread_name("worker " + std::to_string(number));
    alloc.set_thread_pool_budget(1_MiB);
    const TagScope scope = alloc.tag_scope("worker");
    const PhaseScope phase = alloc.phase_scope("work");
    (void)alloc.frame_alloc_batch<char>(1000);
    *held = alloc.heap_alloc<char>(100'000);
  }
  SmartAlloc& alloc;
  int number;
  char** held;
};

// Three frames with everything that a snapshot can show, also while workers live.
bool write_game(const fs::path& folder) {
  CollectingSink sink;
  AllocConfig config = AllocConfig::minimal().with_report_handler([](const Report&, void*) {});
  config.enable_budgets = true;
  SmartAlloc alloc(config);
  alloc.budgets()->set_global_budget(32_MiB, 64_MiB);
  alloc.budgets()->register_tag_budget("worker", 0, 8_MiB);
  alloc.add_sink(sink);
  const testing::RegisteredDevice gpu(alloc, "GPU \"0\"");
  alloc.set_thread_name("main");
  alloc.set_thread_frame_budget(64_KiB);
  for (int number = 0; number < 3; ++number) {
    alloc.begin_frame();
    {
      const PhaseScope phase = alloc.phase_scope("physics");
      alloc.with_tag("game", [&] {
        alloc.with_tag("physics", [&] { (void)alloc.frame_alloc_batch<float>(2000); });
      });
    }
    (void)alloc.frame_alloc_batch<char>(100'000);  // more than the budget: a diagnostic
    auto box = alloc.pool_box<Kept>(number);
    auto kept = alloc.frame_retained<Kept>(RetentionPolicy::PromoteToPool, number);
    auto sent = alloc.frame_box_for_transfer<Kept>(number);
    char* held[2] = {};
    std::thread first(Worker{alloc, 1, &held[0]});
    first.join();
    bool fine = true;
    std::thread second([&] {
      Worker{alloc, 2, &held[1]}();
      Snapshot snapshot = alloc.snapshot();
      for (const Diagnostic& one : sink.diagnostics()) {
        std::optional<std::string> tag;
        if (!one.tag.empty()) tag = one.tag;
        snapshot.add_diagnostic({std::string(code_info(one.code).id), tag, one.message});
      }
      for (SnapshotTag& tag : snapshot.tags) tag.diagnostics.emplace_back("FA312");
      fine = write(snapshot.with_duration(16'667), folder / ("game" + std::to_string(number)));
    });
    second.join();
    if (!fine) return false;
    PromotionResult promoted = alloc.end_frame_with_promotions();
    Snapshot after = alloc.snapshot();
    after.with_promotions(promoted.summary);
    if (!write(after, folder / ("after" + std::to_string(number)))) return false;
    for (char* block : held) alloc.heap_free(block);
  }
  alloc.remove_sink(sink);
  return sink.size() != 0;
}

// What version 3 adds, at the check level that knows places.
bool write_parts(const fs::path& folder) {
  AllocConfig config = AllocConfig::minimal();
  config.checked = true;
  SmartAlloc alloc(config);
  int* const held = alloc.pool_alloc<int>();
  const auto handle = alloc.handles().alloc<int>();
  const StreamId asset = alloc.streaming().reserve(4096);
  const bool fine = write(alloc.snapshot(), folder / "parts");
  (void)alloc.streaming().free(asset);
  (void)alloc.handles().free(handle);
  alloc.pool_free(held);
  return fine;
}

// Maps of an empty device, of a real one's size, and with names that JSON has to escape.
bool write_maps(const fs::path& folder) {
  DeviceMap odd = testing::DeviceMapMaker::make(1);
  odd.device = "\"\\\x01\xff";
  odd.blocks[0].intent.clear();
  odd.blocks[0].regions.resize(3);  // each of its keys is damaged, one by one
  odd.blocks[0].regions[0].name = odd.device;
  for (const auto& [name, map] : {std::pair<const char*, DeviceMap>{"nothing", DeviceMap{}},
                                  {"empty", testing::DeviceMapMaker::make(0)},
                                  {"full", testing::DeviceMapMaker::make(40)},
                                  {"odd", odd}}) {
    const fs::path where = folder / name / "gpu";
    fs::create_directories(where);
    std::ofstream file(where / "map.json");
    if (!(file << map.to_json())) return false;
  }
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: framealloc_snapshot_scenes FOLDER\n", stderr);
    return 2;
  }
  const fs::path folder = argv[1];
  const bool fine = write_empty(folder) && write_names(folder) && write_game(folder) &&
                    write_parts(folder) && write_maps(folder);
  return fine ? 0 : 1;
}
