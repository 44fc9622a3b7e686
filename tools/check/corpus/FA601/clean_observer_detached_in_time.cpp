// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <vector>

namespace fa = framealloc;

class Subject {
 public:
  void attach(int* observer) { observers_.push_back(observer); }
  void detach_all() { observers_.clear(); }
  void notify() {
    for (int* each : observers_) ++*each;
  }

 private:
  std::vector<int*> observers_;
};
int watch(fa::SmartAlloc& alloc, Subject& subject) {
  const auto frame = alloc.scoped_frame();
  int* counter = alloc.frame_new<int>(0);
  subject.attach(counter);
  subject.notify();
  const int seen = *counter;
  subject.detach_all();
  return seen;
}
