// SPDX-License-Identifier: MIT OR Apache-2.0
#include "second_thread.hpp"

namespace bench {

SecondThread::SecondThread() : thread_([this] { loop(); }) {}

SecondThread::~SecondThread() {
  stop_.store(true, std::memory_order_relaxed);
  turn_.fetch_add(1, std::memory_order_release);
  turn_.notify_all();
  thread_.join();
}

void SecondThread::loop() {
  for (unsigned done = 0;; done += 2) {
    turn_.wait(done, std::memory_order_acquire);
    if (stop_.load(std::memory_order_relaxed)) return;
    job_();
    turn_.store(done + 2, std::memory_order_release);
    turn_.notify_all();
  }
}

void SecondThread::start(std::function<void()> job) {
  job_ = std::move(job);
  turn_.fetch_add(1, std::memory_order_release);
  turn_.notify_all();
}

void SecondThread::finish() {
  for (unsigned turn = turn_.load(std::memory_order_acquire); turn % 2 != 0;
       turn = turn_.load(std::memory_order_acquire)) {
    turn_.wait(turn, std::memory_order_acquire);
  }
}

SecondThread& second_thread() {
  static SecondThread thread;
  return thread;
}

}  // namespace bench
