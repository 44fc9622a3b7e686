// SPDX-License-Identifier: MIT OR Apache-2.0
#include "targets.hpp"

#include <algorithm>
#include <cmath>

#include "table.hpp"

namespace bench {
namespace {

using Value = std::optional<double>;

class Judge {
 public:
  explicit Judge(const Results& results) : results_(results) {}

  void at_most(std::string target, Value value, double bound) {
    outcomes_.push_back({std::move(target), value, bound, true});
  }
  void at_least(std::string target, Value value, double bound) {
    outcomes_.push_back({std::move(target), value, bound, false});
  }

  [[nodiscard]] Value time(const std::string& workload, const std::string& peer) const {
    const auto figure = results_.figure(workload, peer);
    return figure ? Value(figure->median) : std::nullopt;
  }
  [[nodiscard]] Value floor(const std::string& workload) const {
    const auto found = floor_of(results_, workload);
    return found ? Value(found->ns) : std::nullopt;
  }
  // Whole instructions: what beginning and ending a round adds is a fraction of one.
  [[nodiscard]] Value count(const std::string& workload, const std::string& peer) const {
    const Value exact = results_.instructions(workload, peer);
    return exact ? Value(std::round(*exact)) : std::nullopt;
  }
  [[nodiscard]] Value value(const std::string& name, const std::string& peer) const {
    return results_.value(name, peer);
  }
  static Value ratio(Value over, Value under) {
    return over && under && *under > 0 ? Value(*over / *under) : std::nullopt;
  }
  [[nodiscard]] const Results& results() const { return results_; }
  std::vector<Outcome> take() { return std::move(outcomes_); }

 private:
  const Results& results_;
  std::vector<Outcome> outcomes_;
};

void judge_bursts(Judge& j) {
  const char* arena = "framealloc-arena";
  j.at_most("W1/64 arena, instructions", j.count("W1/64", arena), 10);
  j.at_most("W1/64 arena, time over raw bump",
            Judge::ratio(j.time("W1/64", arena), j.floor("W1/64")), 1.10);
  j.at_most("W1/64 SmartAlloc, instructions", j.count("W1/64", "framealloc"), 14);
  j.at_most("W1/64 SmartAlloc, time over raw bump",
            Judge::ratio(j.time("W1/64", "framealloc"), j.floor("W1/64")), 1.35);
  j.at_most("W1/64 burst, instructions", j.count("W1/64", "framealloc-burst"), 8);
  j.at_most("W1/64 burst, time over raw bump",
            Judge::ratio(j.time("W1/64", "framealloc-burst"), j.floor("W1/64")), 1.05);
  j.at_most("W1/mixed arena, instructions", j.count("W1/mixed", arena), 16);
  j.at_most("W1/mixed arena, time over raw bump",
            Judge::ratio(j.time("W1/mixed", arena), j.floor("W1/mixed")), 1.2);
  const auto faster = [&](const char* peer, double times) {
    j.at_least(std::string("W1/64 arena, times as fast as ") + peer,
               Judge::ratio(j.time("W1/64", peer), j.time("W1/64", arena)), times);
  };
  faster("pmr-monotonic", 1.5);
  faster("pmr-monotonic-virtual", 4);
  faster("foonathan-stack", 1.4);
  faster("mimalloc", 5.5);
  faster("glibc", 14);
}

void judge_pools(Judge& j) {
  const char* pool = "framealloc-pool";
  j.at_most("W2 pair 64, instructions", j.count("W2/pair64", pool), 22);
  j.at_most("W2 pair 64 through the pool's std::pmr resource, instructions",
            j.count("W2/pair64", "framealloc-pool-resource"), 60);
  j.at_most("W2 pair 64 through the heap's std::pmr resource, instructions",
            j.count("W2/pair64", "framealloc-heap-resource"), 60);
  j.at_least("W2/pair64, times as fast as snmalloc",
             Judge::ratio(j.time("W2/pair64", "snmalloc"), j.time("W2/pair64", pool)), 1);
  for (const char* size : {"32", "64", "256"}) {
    const std::string pair = std::string("W2/pair") + size;
    const std::string churn = std::string("W2/churn") + size;
    j.at_least(pair + ", times as fast as mimalloc",
               Judge::ratio(j.time(pair, "mimalloc"), j.time(pair, pool)), 3);
    j.at_least(pair + ", times as fast as glibc",
               Judge::ratio(j.time(pair, "glibc"), j.time(pair, pool)), 4);
    j.at_most(churn + ", time over the free list in thread-local memory",
              Judge::ratio(j.time(churn, pool), j.time(churn, "floor-freelist-tls")), 1.6);
  }
  j.at_most("W3 instructions, rewind to a scope", j.count("W3", "framealloc-scope"), 36);
  j.at_most("W3 instructions, a whole frame", j.count("W3", "framealloc-arena"), 40 + 18);
}

void judge_threads(Judge& j) {
  const char* pool = "framealloc-pool";
  j.at_most("W4 time over mimalloc", Judge::ratio(j.time("W4", pool), j.time("W4", "mimalloc")), 1);
  j.at_most("W4 time over snmalloc", Judge::ratio(j.time("W4", pool), j.time("W4", "snmalloc")), 1);
  j.at_most("W4 time over the bare ring", Judge::ratio(j.time("W4", pool), j.floor("W4")), 2);
  j.at_most("W4 growth of the resident set, MiB", j.value("W4/RSS growth", pool), 4);
  for (const char* batches : {"batches/64", "batches/mixed"}) {
    j.at_least(std::string(batches) + ", malloc made of the pool, times as fast as mimalloc",
               Judge::ratio(j.time(batches, "mimalloc"), j.time(batches, "framealloc-malloc")), 1);
  }
  j.at_most("frees in turn for 8 owners, time over one owner's",
            Judge::ratio(j.time("owners/8", pool), j.time("owners/1", pool)), 2);
  j.at_most("first allocation after 500,000 foreign frees, us",
            j.value("pool/first after a flood", "framealloc"), 500);
  for (const auto& [workload, peer] : {std::pair("W5/burst", "framealloc-thread"),
                                       std::pair("W5/pair", pool), std::pair("W5/churn", pool)}) {
    const std::string name = workload;
    // Both threads' throughput over one thread's.
    Value scaling = Judge::ratio(j.time(name + "-1t", peer), j.time(name + "-2t", peer));
    if (scaling) *scaling *= 2;
    j.at_least(name + ", two threads over one", scaling, 1.9);
  }
}

void judge_vectors(Judge& j) {
  const Value reserved = j.time("W6", "glibc-reserve");
  j.at_most("W6 FrameVec over malloc with a perfect reserve",
            Judge::ratio(j.time("W6", "framealloc-framevec"), reserved), 1);
  j.at_most("W6 std::vector on the frame over malloc with a perfect reserve",
            Judge::ratio(j.time("W6", "framealloc-resource"), reserved), 1);
  j.at_most("W6 FrameVec, bytes used over bytes needed",
            j.value("W6/bytes used", "framealloc-framevec"), 1.3);
}

void judge_frames(Judge& j) {
  const char* arena = "framealloc-arena";
  Value worst[3];
  const char* peers[] = {"glibc", "mimalloc", "pmr-monotonic"};
  for (const char* frame : {"W7/physics", "W7/particles", "W7/ui"}) {
    const Value ours = j.time(frame, arena);
    j.at_most(std::string(frame) + ", time over the floor", Judge::ratio(ours, j.floor(frame)),
              1.25);
    for (std::size_t i = 0; i < 3; ++i) {
      const Value ratio = Judge::ratio(j.time(frame, peers[i]), ours);
      if (ratio && (!worst[i] || *ratio < *worst[i])) worst[i] = ratio;
    }
  }
  j.at_least("W7 worst frame, times as fast as glibc", worst[0], 9);
  j.at_least("W7 worst frame, times as fast as mimalloc", worst[1], 4.2);
  j.at_least("W7 worst frame, times as fast as pmr-monotonic", worst[2], 1.4);
}

void judge_latency(Judge& j) {
  const auto spread = [&](const char* peer) {
    return Judge::ratio(j.value("W8/p99.9", peer), j.value("W8/p50", peer));
  };
  j.at_most("W8 p99.9/p50 over the raw bump's",
            Judge::ratio(spread("framealloc-arena"), spread("floor-bump-tls")), 1.1);
  j.at_most("W8 page faults in all frames", j.value("W8/faults", "framealloc-arena"), 0);
  j.at_most("W8 system calls in all frames", j.value("W8/system calls", "framealloc-arena"), 0);
}

void judge_memory(Judge& j) {
  for (const char* policy : {"W9/plain", "W9/prefault", "W9/huge"}) {
    j.at_most(std::string(policy) + ", time over the kernel's",
              Judge::ratio(j.time(policy, "framealloc-arena"), j.floor(policy)), 1.05);
  }
  j.at_most("memory reserved over the high-water mark", j.value("memory/reserved", "framealloc"),
            1.25);
  j.at_most("memory per attached idle thread, KiB", j.value("memory/per thread", "framealloc"), 64);
  j.at_most("reserved 500 frames after 600 MiB of pool blocks were freed, MiB",
            j.value("pool/reserved after frees", "framealloc"), 32);
}

void judge_boundary(Judge& j) {
  j.at_most("frame boundary, instructions", j.count("frame/empty", "framealloc"), 40);
  j.at_most("frame boundary with 64 idle threads, instructions",
            j.count("frame/64-idle-threads", "framealloc"), 600);
  // Through two frames of 100 and 10,000 objects goes a line; where it meets zero objects is the
  // boundary's own cost. Any term that grows with their number would lift it off the empty frame.
  const Value few = j.count("frame/100-objects", "framealloc");
  const Value many = j.count("frame/10000-objects", "framealloc");
  const Value empty = j.count("frame/empty", "framealloc");
  Value own;
  if (few && many && empty) own = *few - 100 * (*many - *few) / 9900 - *empty;
  j.at_most("nested scopes in one frame, time of 64,000 over that of 1,000",
            Judge::ratio(j.time("frame/64000-nested-scopes", "framealloc"),
                         j.time("frame/1000-nested-scopes", "framealloc")),
            1.5);
  j.at_most("frame boundary, more instructions after 100 objects than after none", own, 20);
}

void judge_handles(Judge& j) {
  const Value pointers = j.time("handles/cold", "floor-pointers");
  const auto over_pointers = [&](const char* peer) {
    return Judge::ratio(j.time("handles/cold", peer), pointers);
  };
  j.at_most("handles, cold walk over a span, time over pointers", over_pointers("framealloc"), 1.3);
  j.at_most("handles, cold walk over a type, time over pointers", over_pointers("framealloc-type"),
            1.3);
  j.at_most("handles, cold resolve(), time over pointers", over_pointers("framealloc-resolve"), 2);
  j.at_most("handles churn, instructions", j.count("handles/churn", "framealloc"), 250);
}

void judge_many(Judge& j) {
  // What the sums of 1,000 tags on 8 threads take as a whole.
  Value sums = j.time("tags/1000x8", "framealloc");
  if (sums) *sums *= 8000 / 1e6;
  j.at_most("sums of 1,000 tags on 8 threads, ms", sums, 2);
  Value snapshot = j.time("tags/snapshot-1000x8", "framealloc");
  if (snapshot) *snapshot *= 8000 / 1e6;
  j.at_most("a snapshot of 1,000 tags on 8 threads, ms", snapshot, 2);
  Value frame = j.time("tags/frame-300x8", "framealloc");
  if (frame) *frame /= 1e3;
  j.at_most("an empty frame while frames are tracked, 300 tags on 8 threads, us", frame, 20);
  j.at_most("access() to 300,000 assets over 1,000",
            Judge::ratio(j.time("streaming/300000", "framealloc"),
                         j.time("streaming/1000", "framealloc")),
            3);
}

}  // namespace

std::vector<Outcome> judge(const Results& results) {
  Judge j(results);
  judge_bursts(j);
  judge_pools(j);
  judge_threads(j);
  judge_vectors(j);
  judge_frames(j);
  judge_latency(j);
  judge_memory(j);
  judge_handles(j);
  judge_many(j);
  judge_boundary(j);
  return j.take();
}

std::string targets_table(const Results& results) {
  std::string text = format("| %-70s | %9s | %10s | %-12s |\n", "Target", "here", "bound", "");
  text.append("|").append(72, '-').append("|").append(11, '-').append("|");
  text.append(12, '-').append("|").append(14, '-').append("|\n");
  for (const Outcome& outcome : judge(results)) {
    const std::string here = outcome.value ? format("%.2f", *outcome.value) : "";
    text += format("| %-70s | %9s | %s %7.2f | %-12s |\n", outcome.target.c_str(), here.c_str(),
                   outcome.at_most ? "<=" : ">=", outcome.bound,
                   !outcome.value  ? "not measured"
                   : outcome.met() ? "met"
                                   : "missed");
  }
  return text;
}

}  // namespace bench
