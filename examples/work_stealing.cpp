// SPDX-License-Identifier: MIT OR Apache-2.0
// Jobs on worker threads that steal from each other; each job uses the frame arena of its thread. A
// steady frame takes no memory from the system: the program counts the calls to its source.
#include <framealloc/framealloc.hpp>

#include <atomic>
#include <cstdio>
#include <thread>
#include <vector>

namespace fa = framealloc;

namespace {
constexpr unsigned kWorkers = 3, kJobs = 96;  // jobs of one frame
constexpr unsigned kPasses = 50;              // over its numbers, so that a job is worth stealing
constexpr unsigned kWarmUp = 60, kMeasured = 200;

// The system's memory, counted.
class CountingSource final : public fa::MemorySource {
 public:
  void* allocate(std::size_t bytes, std::size_t alignment) noexcept override {
    calls_.fetch_add(1, std::memory_order_relaxed);
    return system_.allocate(bytes, alignment);
  }
  void deallocate(void* memory, std::size_t bytes, std::size_t alignment) noexcept override {
    system_.deallocate(memory, bytes, alignment);
  }
  std::string_view name() const noexcept override { return "counting"; }
  [[nodiscard]] unsigned calls() const { return calls_.load(std::memory_order_relaxed); }

 private:
  fa::SystemSource system_;
  std::atomic<unsigned> calls_{0};
};

struct Job {
  unsigned first, count;  // numbers that the job works on
};

// The jobs of one worker, in the frame memory of the thread that made them. The owner and the
// thieves take jobs from the same counter, so each job runs once and no thread waits.
struct alignas(64) Queue {
  Job* jobs = nullptr;
  unsigned size = 0;
  std::atomic<unsigned> next{0};
  bool take(Job* job) {
    const unsigned index = next.fetch_add(1, std::memory_order_relaxed);
    if (index < size) *job = jobs[index];
    return index < size;
  }
};

class Game {
 public:
  explicit Game(const fa::SmartAlloc& alloc) : alloc_(alloc), begun_(1), done_(kWorkers) {
    alloc_.set_frame_barrier(&done_);  // a frame that ends too early would be reported
    for (unsigned i = 0; i < kWorkers; ++i) threads_.emplace_back([this, i] { work(i); });
  }
  ~Game() {
    stop_ = true;
    begun_.signal_frame_complete();
    for (std::thread& thread : threads_) thread.join();
    alloc_.set_frame_barrier(nullptr);
  }

  // Result: the sum that the jobs of one frame computed, run by all workers or by one.
  unsigned long long frame(unsigned only = kWorkers) {
    alloc_.begin_frame();
    only_ = only;
    sum_.store(0, std::memory_order_relaxed);
    for (unsigned i = 0; i < kWorkers; ++i) {
      Queue& queue = queues_[i];
      // All the work goes to the first worker: the others have to steal.
      queue.size = i == 0 ? kJobs : 0;
      queue.jobs = alloc_.frame_alloc_batch<Job>(kJobs);
      for (unsigned j = 0; j < queue.size; ++j) queue.jobs[j] = Job{j * 100, 100};
      queue.next.store(0, std::memory_order_relaxed);
    }
    begun_.signal_frame_complete();
    done_.wait_all();
    alloc_.end_frame();
    return sum_.load(std::memory_order_relaxed);
  }
  [[nodiscard]] unsigned stolen() const { return stolen_.load(std::memory_order_relaxed); }

 private:
  void work(unsigned me) {
    for (fa::BarrierTicket frame{0};; ++frame.phase) {
      begun_.wait(frame);
      if (stop_) return;
      Job job;
      for (unsigned victim = 0; victim < kWorkers; ++victim) {
        Queue& queue = queues_[(me + victim) % kWorkers];
        while ((only_ == kWorkers || only_ == me) && queue.take(&job)) {
          run(job);
          if (victim != 0) stolen_.fetch_add(1, std::memory_order_relaxed);
        }
      }
      done_.signal_frame_complete();
    }
  }

  // Scratch memory of the thread that runs the job, not of the one that made it.
  void run(const Job& job) {
    auto* const squares = alloc_.frame_alloc_batch<unsigned long long>(job.count);
    if (squares == nullptr) return;  // and the sum is wrong
    unsigned long long sum = 0;
    for (unsigned long long pass = 0; pass < kPasses; ++pass) {
      for (unsigned i = 0; i < job.count; ++i) {
        squares[i] = (0ULL + job.first + i) * (job.first + i) + pass;
        sum += squares[i];
      }
    }
    sum_.fetch_add(sum, std::memory_order_relaxed);
  }

  fa::SmartAlloc alloc_;
  fa::FrameBarrier begun_, done_;
  Queue queues_[kWorkers];
  std::atomic<unsigned long long> sum_{0};
  std::atomic<unsigned> stolen_{0};
  unsigned only_ = kWorkers;
  bool stop_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace

int main() {
  CountingSource source;
  fa::AllocConfig config = fa::AllocConfig::minimal();
  config.upstream = &source;
  const fa::SmartAlloc alloc(config);
  Game game(alloc);
  const unsigned long long n = kJobs * 100;
  const unsigned long long expected =
      kPasses * ((n - 1) * n * (2 * n - 1) / 6) + n * kPasses * (kPasses - 1) / 2;
  bool right = true;
  // Each worker runs all jobs once: no share of a later frame needs more than it has then.
  for (unsigned i = 0; i < kWarmUp; ++i) right &= game.frame(i % (kWorkers + 1)) == expected;
  const unsigned warm = source.calls();
  for (unsigned i = 0; i < kMeasured; ++i) right &= game.frame() == expected;
  const unsigned steady = source.calls() - warm;
  std::printf("%u frames of %u jobs on %u workers, %u jobs stolen\n", kWarmUp + kMeasured, kJobs,
              kWorkers, game.stolen());
  std::printf("calls to the memory source: %u while warming up, %u in %u steady frames\n", warm,
              steady, kMeasured);
  return right && steady == 0 ? 0 : 1;
}
