// SPDX-License-Identifier: MIT OR Apache-2.0
#pragma once

#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "checksum.hpp"
#include "entities.hpp"
#include "particles.hpp"
#include "physics.hpp"
#include "scene.hpp"

namespace fa_demo {

/// What the renderer would get: the visible things sorted by material, in batches, and the labels.
template <class Policy>
class Drawing {
 public:
  static constexpr unsigned kChunks = 8;
  static constexpr std::size_t kLabels = 160;

  explicit Drawing(Policy& policy) : policy_(policy) {}

  /// Lists the bodies and entities of one chunk that the camera sees. Any thread; one per chunk.
  void cull(unsigned chunk, const Camera& camera, Physics<Policy>& physics,
            const Entities<Policy>& entities) {
    const auto tag = policy_.tag("game::culling");
    auto local = policy_.local();
    auto& list = culled_[chunk].emplace(local.template vec<DrawItem>());
    const auto& bodies = physics.scene().bodies();
    for (std::size_t i = bodies.size() * chunk / kChunks; i < bodies.size() * (chunk + 1) / kChunks;
         ++i) {
      const b2Vec2& at = bodies[i]->GetPosition();
      if (!camera.sees(at.x, at.y)) continue;
      const std::uint32_t height = physics.height_of(i);
      list.push_back({(8U << 20U) | (height & 0xFFFFU), at.x, at.y, bodies[i]->GetAngle()});
    }
    const std::size_t count = entities.size();
    for (std::size_t i = count * chunk / kChunks; i < count * (chunk + 1) / kChunks; ++i) {
      const Entity& entity = entities[i];
      if (!camera.sees(entity.x, entity.y)) continue;
      list.push_back({(9U << 20U) | (entity.id & 0xFFFFU), entity.x, entity.y, 0.4F});
    }
  }

  /// Writes a line of text for each of the first entities that the camera sees.
  void label(const Camera& camera, const Entities<Policy>& entities) {
    const auto tag = policy_.tag("game::hud");
    auto local = policy_.local();
    auto& labels = labels_.emplace(local.template vec<typename Policy::String>());
    for (std::size_t i = 0; i < entities.size() && labels.size() < kLabels; ++i) {
      const Entity& entity = entities[i];
      if (!camera.sees(entity.x, entity.y)) continue;
      auto text = local.string();
      text.append(std::string_view("entity "));
      append_number(text, entity.id);
      text.append(std::string_view(" on body "));
      append_number(text, entity.body);
      text.append(std::string_view(" health "));
      append_number(text, static_cast<std::uint32_t>(entity.health));
      labels.push_back(std::move(text));
    }
  }

  /// Merges everything that is visible, sorts it and cuts it into batches of one material.
  void sort(const Particles<Policy>& particles) {
    const auto tag = policy_.tag("game::render");
    auto local = policy_.local();
    std::size_t total = 0;
    for (unsigned c = 0; c < Particles<Policy>::kChunks; ++c) total += particles.visible(c).size();
    for (const auto& list : culled_) total += list->size();
    auto items = local.template array<DrawItem>(total);
    auto spare = local.template array<DrawItem>(total);
    std::size_t count = 0;
    for (unsigned c = 0; c < Particles<Policy>::kChunks; ++c) {
      for (const DrawItem& item : particles.visible(c)) items[count++] = item;
    }
    for (const auto& list : culled_) {
      for (const DrawItem& item : *list) items[count++] = item;
    }
    radix_pass(items, spare, 0);
    radix_pass(spare, items, 8);
    radix_pass(items, spare, 16);
    auto batches = local.template vec<Batch>();
    for (std::size_t i = 0; i < total; ++i) {
      const std::uint32_t material = spare[i].key >> 20U;
      if (batches.empty() || batches.back().material != material) batches.push_back({material, 0});
      ++batches.back().count;
    }
    drawn_ = total;
    digest_ = Checksum();
    for (const Batch& batch : batches) {
      digest_.add((static_cast<std::uint64_t>(batch.material) << 32U) | batch.count);
    }
    for (std::size_t i = 0; i < total; i += 61) digest_.add(spare[i].x, spare[i].y);
    for (const auto& text : *labels_) {
      digest_.add(text.size());
      digest_.add(static_cast<std::uint64_t>(static_cast<unsigned char>(text[text.size() - 1])));
    }
    label_count_ = labels_->size();
  }

  /// Frees what the others made.
  void release() {
    labels_.reset();
    for (auto& list : culled_) list.reset();
  }

  std::size_t drawn() const noexcept { return drawn_; }
  std::size_t label_count() const noexcept { return label_count_; }
  void add_to(Checksum& sum) const { sum.add(digest_.value()); }

 private:
  struct Batch {
    std::uint32_t material = 0;
    std::uint32_t count = 0;
  };
  using Items = typename Policy::template Array<DrawItem>;

  static void append_number(typename Policy::String& text, std::uint32_t number) {
    std::array<char, 12> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    text.append(std::string_view(digits.data(), static_cast<std::size_t>(end - digits.data())));
  }

  static void radix_pass(Items& from, Items& to, unsigned shift) {
    std::array<std::uint32_t, 257> starts{};
    const std::size_t count = from.size();
    for (std::size_t i = 0; i < count; ++i) ++starts[((from[i].key >> shift) & 0xFFU) + 1];
    for (std::size_t digit = 1; digit < starts.size(); ++digit) starts[digit] += starts[digit - 1];
    for (std::size_t i = 0; i < count; ++i) to[starts[(from[i].key >> shift) & 0xFFU]++] = from[i];
  }

  Policy& policy_;
  std::array<std::optional<typename Policy::template Vec<DrawItem>>, kChunks> culled_;
  std::optional<typename Policy::template Vec<typename Policy::String>> labels_;
  Checksum digest_;
  std::size_t drawn_ = 0;
  std::size_t label_count_ = 0;
};

}  // namespace fa_demo
