// SPDX-License-Identifier: MIT OR Apache-2.0
// The self-check's record of one row: what was handed out, what was written, what came back.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>

namespace bench {

// What a row promises about the addresses that it uses.
enum class Guarantee {
  Distinct,   // live blocks do not overlap and are aligned as asked: every allocator
  TouchOnly,  // a floor that only writes: no allocator is behind it, alignment is not promised
};

class Ledger {
 public:
  explicit Ledger(Guarantee guarantee) : guarantee_(guarantee) {}

  // A block was handed out and `value` written into its first eight bytes.
  void made(void* p, std::size_t size, std::size_t alignment, std::uint64_t value);
  // A block that a workload holds from round to round: as made(), but not this round's work.
  void held(void* p, std::size_t size, std::size_t alignment, std::uint64_t value);
  // A block is about to be given back: what was written must still be there.
  void gave_back(void* p);
  // Everything live is at its most: no two blocks may overlap, every value must be intact.
  void at_peak();
  // The round is over: an arena forgets all, a pool must have had everything back.
  void round_over(bool resets_all);

  [[nodiscard]] std::uint64_t objects() const { return objects_; }
  [[nodiscard]] std::uint64_t bytes_written() const { return objects_ * sizeof(std::uint64_t); }
  // Result: the first thing that was wrong; empty when nothing was.
  [[nodiscard]] const std::string& failure() const { return failure_; }
  void fail(std::string what);

 private:
  struct Block {
    std::size_t size;
    std::uint64_t value;
  };

  Guarantee guarantee_;
  std::unordered_map<std::uintptr_t, Block> live_;
  std::uint64_t objects_ = 0;
  std::string failure_;
};

}  // namespace bench
