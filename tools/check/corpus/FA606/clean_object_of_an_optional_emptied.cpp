// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <optional>

namespace fa = framealloc;

class Pack {
 public:
  explicit Pack(fa::SmartAlloc& alloc) : group_(alloc.groups().group("pack")) {}
  void open() { first_ = group_.make<int>(5); }
  int first() const { return first_ == nullptr ? 0 : *first_; }
  void close() {
    first_ = nullptr;
    group_.free_all();
  }

 private:
  fa::GroupHandle group_;
  int* first_ = nullptr;
};
int carry(fa::SmartAlloc& alloc) {
  std::optional<Pack> pack;
  pack.emplace(alloc);
  pack->open();
  const int first = pack->first();
  pack->close();
  return first + pack->first();
}
