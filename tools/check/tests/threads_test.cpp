// SPDX-License-Identifier: MIT OR Apache-2.0
// Work on other threads: how it is started, what it reaches, and the ways to wait for it.
#include "tests/analysis.hpp"

namespace fa_check {
namespace {

const std::string kStart = R"(#include <framealloc/framealloc.hpp>
#include <framealloc/annotations.hpp>
#include <algorithm>
#include <barrier>
#include <condition_variable>
#include <functional>
#include <future>
#include <latch>
#include <memory>
#include <mutex>
#include <optional>
#include <semaphore>
#include <thread>
#include <vector>
namespace fa = framealloc;
)";

TEST(Threads, WaysToWait) {
  expect_findings(kStart + R"(
void by_barrier(fa::SmartAlloc& alloc) {
  std::barrier<> sync(2);
  alloc.begin_frame();
  std::thread worker([&] { *alloc.frame_alloc<int>() = 1; sync.arrive_and_wait(); });
  sync.arrive_and_wait();
  alloc.end_frame();
  worker.join();
}
void by_latch(fa::SmartAlloc& alloc) {
  std::latch done(1);
  alloc.begin_frame();
  int* cell = alloc.frame_alloc<int>();
  std::thread([cell, &done] { *cell = 1; done.count_down(); }).detach();
  done.wait();
  alloc.end_frame();
}
void by_latch_of_another(fa::SmartAlloc& alloc, std::latch& other) {
  std::latch done(1);
  alloc.begin_frame();
  int* cell = alloc.frame_alloc<int>();
  std::thread([cell, &done] { *cell = 1; done.count_down(); }).detach();  // FA201
  other.wait();
  alloc.end_frame();
}
void by_semaphore(fa::SmartAlloc& alloc) {
  std::binary_semaphore done(0);
  alloc.begin_frame();
  std::thread worker([&] { *alloc.frame_alloc<int>() = 1; done.release(); });
  done.acquire();
  alloc.end_frame();
  worker.join();
}
void by_condition(fa::SmartAlloc& alloc) {
  std::mutex mutex;
  std::condition_variable changed;
  bool ready = false;
  alloc.begin_frame();
  int* cell = alloc.frame_alloc<int>();
  std::thread worker([&, cell] {
    *cell = 1;
    const std::lock_guard lock(mutex);
    ready = true;
    changed.notify_one();
  });
  {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return ready; });
  }
  alloc.end_frame();
  worker.join();
}
void by_promise(fa::SmartAlloc& alloc) {
  std::promise<void> promise;
  std::future<void> done = promise.get_future();
  alloc.begin_frame();
  int* cell = alloc.frame_alloc<int>();
  std::thread worker([cell, given = std::move(promise)]() mutable { *cell = 1; given.set_value(); });
  done.wait();
  alloc.end_frame();
  worker.join();
}
void by_flag(fa::SmartAlloc& alloc) {
  std::atomic<bool> done{false};
  alloc.begin_frame();
  int* cell = alloc.frame_alloc<int>();
  std::thread worker([&, cell] { *cell = 1; done.store(true); });
  while (!done.load()) std::this_thread::yield();
  alloc.end_frame();
  worker.join();
}
void by_future(fa::SmartAlloc& alloc) {
  alloc.begin_frame();
  std::vector<std::future<void>> tasks;
  for (int i = 0; i < 4; ++i)
    tasks.push_back(std::async(std::launch::async, [&alloc] { *alloc.frame_alloc<int>() = 1; }));
  for (auto& task : tasks) task.get();
  alloc.end_frame();
}
void by_index(fa::SmartAlloc& alloc, std::size_t count) {
  alloc.begin_frame();
  int* cell = alloc.frame_alloc<int>();
  std::vector<std::thread> workers;
  workers.reserve(count);
  for (std::size_t i = 0; i < count; ++i) workers.push_back(std::thread([cell] { *cell = 1; }));
  for (std::size_t i = 0; i < workers.size(); ++i) workers[i].join();
  alloc.end_frame();
}
void by_algorithm(fa::SmartAlloc& alloc) {
  alloc.begin_frame();
  int* cell = alloc.frame_alloc<int>();
  std::vector<std::thread> workers;
  workers.emplace_back([cell] { *cell = 1; });
  std::for_each(workers.begin(), workers.end(), [](std::thread& worker) { worker.join(); });
  alloc.end_frame();
}
void by_end_of_scope(fa::SmartAlloc& alloc) {
  alloc.begin_frame();
  {
    std::vector<std::jthread> workers;
    for (int i = 0; i < 3; ++i) workers.emplace_back([&alloc] { *alloc.frame_alloc<int>() = 1; });
  }
  alloc.end_frame();
}
void by_clear(fa::SmartAlloc& alloc) {
  std::vector<std::jthread> workers;
  alloc.begin_frame();
  workers.emplace_back([&alloc] { *alloc.frame_alloc<int>() = 1; });
  workers.clear();
  alloc.end_frame();
}
void by_helper(std::thread& worker) { if (worker.joinable()) worker.join(); }
void by_callee(fa::SmartAlloc& alloc) {
  alloc.begin_frame();
  std::thread worker([&] { *alloc.frame_alloc<int>() = 1; });
  by_helper(worker);
  alloc.end_frame();
}
void not_at_all(fa::SmartAlloc& alloc) {
  std::vector<std::jthread> workers;
  alloc.begin_frame();
  for (int i = 0; i < 3; ++i) workers.emplace_back([&alloc] { *alloc.frame_alloc<int>() = 1; });
  alloc.end_frame();  // FA205
}
void of_another_frame(fa::SmartAlloc& alloc, fa::SmartAlloc& other) {
  alloc.begin_frame();
  std::jthread worker([&] { *alloc.frame_alloc<int>() = 1; });
  other.end_frame();
}
)");
}

TEST(Threads, WaysToStart) {
  expect_findings(kStart + R"(
void work(fa::SmartAlloc& alloc) { *alloc.frame_alloc<int>() = 1; }
struct Worker {
  void run(fa::SmartAlloc& alloc) { *alloc.frame_alloc<int>() = 1; }
  void operator()() const { *alloc->frame_alloc<int>() = 1; }
  fa::SmartAlloc* alloc = nullptr;
};
void by_function(fa::SmartAlloc& alloc) {
  alloc.begin_frame();
  std::jthread worker(work, std::ref(alloc));
  alloc.end_frame();  // FA205
}
void by_method(fa::SmartAlloc& alloc) {
  Worker object;
  alloc.begin_frame();
  std::jthread worker(&Worker::run, &object, std::ref(alloc));
  alloc.end_frame();  // FA205
}
void by_functor(fa::SmartAlloc& alloc) {
  Worker object{&alloc};
  alloc.begin_frame();
  std::jthread worker(object);
  alloc.end_frame();  // FA205
}
void by_bind(fa::SmartAlloc& alloc) {
  alloc.begin_frame();
  std::jthread worker(std::bind(work, std::ref(alloc)));
  alloc.end_frame();  // FA205
}
void by_named_closure(fa::SmartAlloc& alloc) {
  alloc.begin_frame();
  int* cell = alloc.frame_alloc<int>();
  const auto job = [cell] { *cell = 1; };  // FA201
  std::jthread worker(job);
  alloc.end_frame();
}
void with_token(fa::SmartAlloc& alloc) {
  alloc.begin_frame();
  int* cell = alloc.frame_alloc<int>();
  std::jthread worker([](std::stop_token, int* given) { *given = 1; }, cell);  // FA201
  alloc.end_frame();
}
void on_the_heap(fa::SmartAlloc& alloc) {
  alloc.begin_frame();
  int* cell = alloc.frame_alloc<int>();
  auto worker = std::make_unique<std::thread>([cell] { *cell = 1; });  // FA201
  alloc.end_frame();
  worker->join();
}
void on_the_heap_in_time(fa::SmartAlloc& alloc) {
  alloc.begin_frame();
  int* cell = alloc.frame_alloc<int>();
  auto worker = std::make_unique<std::thread>([cell] { *cell = 1; });
  worker->join();
  alloc.end_frame();
}
void in_an_optional(fa::SmartAlloc& alloc) {
  std::optional<std::jthread> worker;
  alloc.begin_frame();
  int* cell = alloc.frame_alloc<int>();
  worker.emplace([cell] { *cell = 1; });  // FA201
  alloc.end_frame();
}
std::future<int> helper(int* cell) { return std::async([cell] { return *cell; }); }
int through_a_helper(fa::SmartAlloc& alloc) {
  const auto frame = alloc.scoped_frame();
  return helper(alloc.frame_alloc<int>()).get();
}
)");
}

TEST(Threads, ObjectsThatThreadsLookAt) {
  expect_findings(kStart + R"(
class Pool {
 public:
  Pool() : worker_([this] { run(); }) {}
  ~Pool() { stop_ = true; }
  void submit(std::function<void()> job) {
    const std::lock_guard lock(mutex_);
    jobs_.push_back(std::move(job));
    changed_.notify_one();
  }
  void wait_idle() {
    std::unique_lock lock(mutex_);
    idle_.wait(lock, [this] { return jobs_.empty(); });
  }
 private:
  void run() {
    while (!stop_) {
      std::unique_lock lock(mutex_);
      for (auto& job : jobs_) job();
      jobs_.clear();
      idle_.notify_all();
    }
  }
  std::atomic<bool> stop_{false};
  std::mutex mutex_;
  std::condition_variable changed_, idle_;
  std::vector<std::function<void()>> jobs_;
  std::jthread worker_;
};
void not_waited_for(fa::SmartAlloc& alloc, Pool& pool) {
  const auto frame = alloc.scoped_frame();
  int* cell = alloc.frame_alloc<int>();
  pool.submit([cell] { *cell = 1; });  // FA201
}
void waited_for(fa::SmartAlloc& alloc, Pool& pool) {
  const auto frame = alloc.scoped_frame();
  int* cell = alloc.frame_alloc<int>();
  pool.submit([cell] { *cell = 1; });
  pool.wait_idle();
}
void by_value(fa::SmartAlloc& alloc, Pool& pool) {
  const auto frame = alloc.scoped_frame();
  int* cell = alloc.frame_alloc<int>();
  pool.submit([value = *cell] { (void)value; });
}
std::atomic<int*> g_shown{nullptr};
thread_local int* t_mine = nullptr;
void of_a_thread_frame(fa::SmartAlloc& alloc) {
  alloc.begin_thread_frame();
  g_shown.store(alloc.frame_alloc<int>());  // FA201
  alloc.end_thread_frame();
}
class Loader {
 public:
  void begin(fa::SmartAlloc& alloc) {
    int* request = alloc.frame_alloc<int>();
    workers_.emplace_back([request] { *request = 2; });
  }
  void end(fa::SmartAlloc& alloc) {
    for (auto& worker : workers_) worker.join();
    alloc.end_frame();
  }
 private:
  std::vector<std::thread> workers_;
};
class Careless {
 public:
  void begin() {
    int* request = alloc_.frame_alloc<int>();
    workers_.emplace_back([request] { *request = 2; });  // FA201
  }
  void end() { alloc_.end_frame(); }
 private:
  fa::SmartAlloc alloc_;
  std::vector<std::thread> workers_;
};
)");
}

}  // namespace
}  // namespace fa_check
