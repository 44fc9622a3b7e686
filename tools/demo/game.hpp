// SPDX-License-Identifier: MIT OR Apache-2.0
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "assets.hpp"
#include "behaviors.hpp"
#include "checksum.hpp"
#include "drawing.hpp"
#include "entities.hpp"
#include "jobs.hpp"
#include "options.hpp"
#include "particles.hpp"
#include "paths.hpp"
#include "physics.hpp"
#include "queries.hpp"
#include "side.hpp"

namespace fa_demo {

/// The game loop, written once; Policy says where its memory comes from.
///
/// One frame: spawn; the job threads move particles and plan paths while this thread steps the
/// physics; gather contacts; let behaviors think, textures stream and entities look around; the
/// job threads cull while this thread writes labels; sort for drawing; apply the frame's events;
/// free.
template <class Policy>
class Game : public Side {
 public:
  template <class... PolicyArguments>
  Game(const Options& options, JobCrew& crew, PolicyArguments&&... arguments)
      : policy_(arguments...),
        crew_(crew),
        physics_(policy_, options.scene, options.seed),
        particles_(policy_, options.seed),
        entities_(policy_, options.seed),
        paths_(policy_, options.seed),
        drawing_(policy_),
        behaviors_(policy_, options.seed),
        assets_(policy_),
        queries_(policy_) {
    times_.reserve(24);
  }

  std::string_view name() const noexcept override { return Policy::kName; }

  void run_frame() override {
    times_.clear();
    camera_ = camera_at(frame_);
    policy_.begin_frame();
    in_phase("spawn", [this] {
      entities_.spawn(physics_.scene().bodies().size());
      paths_.walk();
    });
    const std::array<Job, 2> early{Job{&run_particles, this, Particles<Policy>::kChunks},
                                   Job{&run_paths, this, Paths<Policy>::kChunks}};
    crew_.start(early);
    in_phase("physics", [this] { physics_.step(frame_, paths_.targets()); });
    in_phase("contacts", [this] { physics_.gather(); });
    in_phase("entities", [this] {
      entities_.update(physics_.scene(),
                       [this](std::uint32_t body) { return physics_.impact_on(body); });
    });
    in_phase("behaviors", [this] { behaviors_.update(frame_); });
    in_phase("assets", [this] { assets_.update(camera_, frame_); });
    in_phase("queries", [this] { queries_.run(physics_.scene(), entities_, frame_); });
    in_phase("wait for jobs", [this] { crew_.wait(); });
    const std::array<Job, 1> late{Job{&run_culling, this, Drawing<Policy>::kChunks}};
    crew_.start(late);
    in_phase("labels", [this] { drawing_.label(camera_, entities_); });
    in_phase("wait for culling", [this] { crew_.wait(); });
    in_phase("draw list", [this] { drawing_.sort(particles_); });
    in_phase("events", [this] { apply_events(); });
    contacts_ = physics_.contact_count();
    before_release();
    policy_.note_fullest();
    in_phase("release", [this] {
      drawing_.release();
      particles_.release();
      physics_.release();
    });
    policy_.end_frame([this](auto&& hand_over) { queries_.remember(hand_over); });
    ++frame_;
  }

  std::uint64_t checksum() override {
    physics_.add_to(sum_);
    particles_.add_to(sum_);
    entities_.add_to(sum_);
    paths_.add_to(sum_);
    drawing_.add_to(sum_);
    behaviors_.add_to(sum_);
    assets_.add_to(sum_);
    queries_.add_to(sum_);
    sum_.add(event_energy_);
    return sum_.value();
  }

  MemoryReport inspect_frame() override {
    policy_.begin_inspection();
    run_frame();
    return policy_.end_inspection();
  }
  std::string begin_trace(const std::string& path) override { return policy_.begin_trace(path); }
  std::string end_trace() override { return policy_.end_trace(); }
  void watch_physics_faults(bool on) override { physics_.watch_faults(on); }

  std::uint64_t physics_faults() const noexcept override { return physics_.step_faults(); }
  const std::vector<PhaseTime>& phase_times() const noexcept override { return times_; }

  SceneCounts counts() const noexcept override {
    SceneCounts counts;
    counts.bodies = physics_.scene().bodies().size();
    counts.contacts = contacts_;
    counts.particles = Particles<Policy>::kCount;
    counts.entities = entities_.size();
    counts.spawned = entities_.spawned();
    counts.died = entities_.died();
    counts.draw_items = drawing_.drawn();
    counts.paths = Paths<Policy>::searches_per_frame();
    counts.labels = drawing_.label_count();
    return counts;
  }
  FeatureUse features() const override {
    FeatureUse use{policy_.handle_use(), assets_.use(), queries_.use(), policy_.behavior_use()};
    use.handles.live = behaviors_.count();
    return use;
  }

 protected:
  Policy& policy() noexcept { return policy_; }
  /// Called in each frame where it holds the most.
  virtual void before_release() {}

 private:
  template <class Work>
  void in_phase(std::string_view name, Work&& work) {
    const auto began = std::chrono::steady_clock::now();
    {
      const auto phase = policy_.phase(name);
      work();
    }
    const auto took = std::chrono::steady_clock::now() - began;
    times_.push_back(
        {name, static_cast<std::uint64_t>(
                   std::chrono::duration_cast<std::chrono::nanoseconds>(took).count())});
  }

  // Sums in a fixed order: floating-point addition is not associative.
  void apply_events() {
    float energy = 0.0F;
    for (unsigned chunk = 0; chunk < Particles<Policy>::kChunks; ++chunk) {
      for (const Spark* spark = particles_.sparks(chunk); spark != nullptr; spark = spark->next) {
        if (spark->x > camera_.x) energy += spark->energy;
      }
    }
    physics_.for_each_event([&energy](const ContactEvent& event) {
      if (event.speed > 0.0F) energy += event.speed;
    });
    event_energy_ = energy;
  }

  static Game& self(void* context) { return *static_cast<Game*>(context); }
  static void run_particles(void* context, unsigned chunk) {
    const auto phase = self(context).policy_.phase("jobs: particles");
    self(context).particles_.update(chunk, self(context).camera_);
  }
  static void run_paths(void* context, unsigned chunk) {
    const auto phase = self(context).policy_.phase("jobs: paths");
    self(context).paths_.plan(chunk, self(context).frame_);
  }
  static void run_culling(void* context, unsigned chunk) {
    Game& game = self(context);
    const auto phase = game.policy_.phase("jobs: culling");
    game.drawing_.cull(chunk, game.camera_, game.physics_, game.entities_);
  }

  Policy policy_;  // first, so that it outlives everything that allocates from it
  JobCrew& crew_;
  Physics<Policy> physics_;
  Particles<Policy> particles_;
  Entities<Policy> entities_;
  Paths<Policy> paths_;
  Drawing<Policy> drawing_;
  Behaviors<Policy> behaviors_;
  Assets<Policy> assets_;
  Queries<Policy> queries_;
  Camera camera_;
  Checksum sum_;
  std::vector<PhaseTime> times_;
  std::uint64_t frame_ = 0;
  std::size_t contacts_ = 0;
  float event_energy_ = 0.0F;
};

}  // namespace fa_demo
