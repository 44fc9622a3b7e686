// SPDX-License-Identifier: MIT OR Apache-2.0
#include "game.hpp"
#include "policy_malloc.hpp"

namespace fa_demo {
namespace {

/// The same code, its calls of malloc and operator new led to mimalloc from the first to the last.
class MimallocSide final : public Side {
 public:
  MimallocSide(const Options& options, JobCrew& crew) {
    const UseMimalloc route;
    game_ = std::make_unique<Game<MallocPolicy>>(options, crew);
  }
  ~MimallocSide() override {
    const UseMimalloc route;
    game_.reset();
  }
  std::string_view name() const noexcept override { return "mimalloc"; }
  void run_frame() override {
    const UseMimalloc route;
    game_->run_frame();
  }
  MemoryReport inspect_frame() override {
    run_frame();
    return {};
  }
  std::uint64_t checksum() override { return game_->checksum(); }
  std::string begin_trace(const std::string&) override { return "mimalloc has no trace to write"; }
  std::string end_trace() override { return {}; }
  void watch_physics_faults(bool on) override { game_->watch_physics_faults(on); }
  std::uint64_t physics_faults() const noexcept override { return game_->physics_faults(); }
  const std::vector<PhaseTime>& phase_times() const noexcept override {
    return game_->phase_times();
  }
  SceneCounts counts() const noexcept override { return game_->counts(); }
  FeatureUse features() const override { return game_->features(); }

 private:
  std::unique_ptr<Game<MallocPolicy>> game_;
};

}  // namespace

std::unique_ptr<Side> make_malloc_side(const Options& options, JobCrew& crew) {
  return std::make_unique<Game<MallocPolicy>>(options, crew);
}

std::unique_ptr<Side> make_mimalloc_side(const Options& options, JobCrew& crew) {
  return std::make_unique<MimallocSide>(options, crew);
}

}  // namespace fa_demo
