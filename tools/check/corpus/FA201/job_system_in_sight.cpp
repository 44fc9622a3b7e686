// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace fa = framealloc;

class JobSystem {
 public:
  explicit JobSystem(unsigned workers) {
    for (unsigned i = 0; i < workers; ++i) threads_.emplace_back([this] { work(); });
  }
  ~JobSystem() {
    {
      const std::lock_guard lock(mutex_);
      done_ = true;
    }
    wake_.notify_all();
    for (std::thread& thread : threads_) thread.join();
  }
  void submit(std::function<void()> job) {
    {
      const std::lock_guard lock(mutex_);
      jobs_.push_back(std::move(job));
      ++pending_;
    }
    wake_.notify_one();
  }
  void wait() {
    std::unique_lock lock(mutex_);
    idle_.wait(lock, [this] { return pending_ == 0; });
  }

 private:
  void work() {
    for (;;) {
      std::function<void()> job;
      {
        std::unique_lock lock(mutex_);
        wake_.wait(lock, [this] { return done_ || !jobs_.empty(); });
        if (jobs_.empty()) return;
        job = std::move(jobs_.front());
        jobs_.pop_front();
      }
      job();
      const std::lock_guard lock(mutex_);
      if (--pending_ == 0) idle_.notify_all();
    }
  }
  std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable idle_;
  std::deque<std::function<void()>> jobs_;
  std::vector<std::thread> threads_;
  int pending_ = 0;
  bool done_ = false;
};

void forgetful(fa::SmartAlloc& alloc, JobSystem& jobs) {
  alloc.begin_frame();
  int* cell = alloc.frame_new<int>(0);
  jobs.submit([cell] { ++*cell; });  // expect: FA201
  alloc.end_frame();
}
int careful(fa::SmartAlloc& alloc, JobSystem& jobs) {
  alloc.begin_frame();
  auto cells = alloc.frame_slice<int>(4);
  for (int& cell : cells) jobs.submit([&cell] { ++cell; });
  jobs.wait();
  const int result = cells[0];
  alloc.end_frame();
  return result;
}
