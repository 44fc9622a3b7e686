// SPDX-License-Identifier: MIT OR Apache-2.0
// Objects behind handles: 1000 of 64 bytes live. resolve: a random one is found and read. churn: a
// random one is freed and another made, found and written.
//
//   struct Store { using Key; Key make(); Block<64>* find(Key); void free(Key); };
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "../harness/case.hpp"
#include "../harness/requests.hpp"
#include "../harness/touch.hpp"

namespace bench {

template <class Store>
class HandleObjects {
 public:
  using Object = Block<64>;
  using Key = typename Store::Key;

  HandleObjects() {
    for (std::size_t i = 0; i < keys_->size(); ++i) {
      (*keys_)[i] = store_.make();
      at(i).words[0] = i;
    }
  }
  ~HandleObjects() {
    for (const Key& key : *keys_) store_.free(key);
  }
  HandleObjects(const HandleObjects&) = delete;
  HandleObjects& operator=(const HandleObjects&) = delete;

  [[nodiscard]] Object& at(std::size_t slot) { return *store_.find((*keys_)[slot]); }

  [[gnu::noinline]] void resolve() {
    std::uint64_t sum = 0;
    for (const std::uint16_t slot : slots_) sum += at(slot).words[0];
    escape(&sum);
  }
  template <class Probe>
  [[gnu::noinline]] void churn(Probe probe) {
    for (const std::uint16_t slot : slots_) {
      Key& key = (*keys_)[slot];
      if constexpr (Probe::kRecords) probe.gave_back(store_.find(key));
      store_.free(key);
      key = store_.make();
      touch(probe, store_.find(key), sizeof(Object), alignof(Object), slot);
    }
  }
  [[nodiscard]] std::size_t size() const { return keys_->size(); }
  [[nodiscard]] std::span<const std::uint16_t> slots() const { return slots_; }

 private:
  Store store_;
  std::span<const std::uint16_t> slots_ = churn_slots();
  std::unique_ptr<std::array<Key, 1000>> keys_ = std::make_unique<std::array<Key, 1000>>();
};

template <class Store>
class HandleResolve final : public Case {
 public:
  static constexpr std::size_t kOps = 8192;
  static constexpr std::size_t kObjects = 0;

  void run(std::size_t rounds) override {
    for (std::size_t i = 0; i < rounds; ++i) objects_.resolve();
  }
  void check(Ledger& ledger) override {
    LedgerProbe probe(ledger);
    for (std::size_t i = 0; i < objects_.size(); ++i) {
      probe.held(&objects_.at(i), sizeof(Block<64>), alignof(Block<64>), i);
    }
    probe.at_peak();
    for (const std::uint16_t slot : objects_.slots()) {
      if (objects_.at(slot).words[0] != slot) ledger.fail("a handle found another object");
    }
    for (std::size_t i = 0; i < objects_.size(); ++i) probe.gave_back(&objects_.at(i));
    probe.round_over(false);
  }

 private:
  HandleObjects<Store> objects_;
};

template <class Store>
class HandleChurn final : public Case {
 public:
  static constexpr std::size_t kOps = 8192;
  static constexpr std::size_t kObjects = 8192;

  void run(std::size_t rounds) override {
    for (std::size_t i = 0; i < rounds; ++i) objects_.churn(NoProbe());
  }
  void check(Ledger& ledger) override {
    LedgerProbe probe(ledger);
    for (std::size_t i = 0; i < objects_.size(); ++i) {
      probe.held(&objects_.at(i), sizeof(Block<64>), alignof(Block<64>), 0);
    }
    objects_.churn(probe);
    probe.at_peak();
    for (std::size_t i = 0; i < objects_.size(); ++i) probe.gave_back(&objects_.at(i));
    probe.round_over(false);
  }

 private:
  HandleObjects<Store> objects_;
};

}  // namespace bench
