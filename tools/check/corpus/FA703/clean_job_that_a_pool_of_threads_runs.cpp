// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <span>
#include <thread>
#include <vector>

namespace fa = framealloc;

// Runs the job of the caller, who waits.
class Pool {
 public:
  Pool() : thread_([this] { work(); }) {}
  ~Pool() { run(0, {}); }
  void run(int count, const std::function<void(int)>& job) {
    std::unique_lock lock(mutex_);
    job_ = &job;
    left_ = count;
    ending_ = count == 0;
    changed_.notify_all();
    changed_.wait(lock, [this] { return left_ == 0; });
  }

 private:
  void work() {
    std::unique_lock lock(mutex_);
    while (!ending_) {
      changed_.wait(lock, [this] { return ending_ || left_ != 0; });
      while (left_ != 0) (*job_)(--left_);
      changed_.notify_all();
    }
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  const std::function<void(int)>* job_ = nullptr;
  int left_ = 0;
  bool ending_ = false;
  std::jthread thread_;
};

std::size_t gather(fa::SmartAlloc& alloc) {
  Pool pool;
  std::vector<std::span<int>> parts(8);
  const std::function<void(int)> job = [&](int i) {
    auto found = alloc.frame_vec<int>(8);
    found.push_back(i);
    parts[static_cast<std::size_t>(i)] = found.into_span();
  };
  std::size_t all = 0;
  for (int frame = 0; frame < 3; ++frame) {
    alloc.begin_frame();
    pool.run(8, job);
    for (const std::span<int>& part : parts) all += part.size();
    alloc.end_frame();
  }
  return all;
}
