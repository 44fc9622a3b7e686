// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <list>

namespace fa = framealloc;

class Observer {
 public:
  virtual void notify() = 0;

 protected:
  ~Observer() = default;
};
class Counter final : public Observer {
 public:
  void notify() override { ++count; }
  int count = 0;
};
class Subject {
 public:
  void attach(Observer* observer) { observers_.push_back(observer); }
  void notify() {
    for (Observer* each : observers_) each->notify();
  }

 private:
  std::list<Observer*> observers_;
};
void watch(fa::SmartAlloc& alloc, Subject& subject) {
  const auto frame = alloc.scoped_frame();
  Counter* counter = alloc.frame_new<Counter>();
  subject.attach(counter);  // expect: FA601
  subject.notify();
}
