// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <atomic>
#include <thread>

namespace fa = framealloc;

struct Packet {
  int kind = 0;
};
class Network {
 public:
  Network() : thread_([this] { run(); }) {}
  ~Network() {
    stop_ = true;
    thread_.join();
  }
  void send(Packet* packet) { slot_.store(packet); }

 private:
  void run() {
    while (!stop_) {
      if (Packet* packet = slot_.exchange(nullptr)) sent_ += packet->kind;
    }
  }
  std::atomic<Packet*> slot_{nullptr};
  std::atomic<bool> stop_{false};
  int sent_ = 0;
  std::thread thread_;
};
void tick(fa::SmartAlloc& alloc, Network& network) {
  alloc.begin_frame();
  Packet* packet = alloc.frame_new<Packet>();
  packet->kind = 3;
  network.send(packet);  // expect: FA201
  alloc.end_frame();
}
