// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace fa = framealloc;

struct Packet {
  int kind = 0;
};
class Network {
 public:
  Network() : thread_([this] { run(); }) {}
  ~Network() { thread_.join(); }
  void send(fa::TransferHandle<Packet> packet) {
    const std::lock_guard lock(mutex_);
    outbox_.push_back(std::move(packet));
  }

 private:
  void run() {
    const std::lock_guard lock(mutex_);
    for (auto& each : outbox_) {
      const fa::PoolBox<Packet> packet = each.receive();
      if (packet) sent_ += packet->kind;
    }
    outbox_.clear();
  }
  std::mutex mutex_;
  std::vector<fa::TransferHandle<Packet>> outbox_;
  int sent_ = 0;
  std::thread thread_;
};
void tick(fa::SmartAlloc& alloc, Network& network) {
  const auto frame = alloc.scoped_frame();
  auto packet = alloc.frame_box_for_transfer<Packet>();
  network.send(std::move(packet));
}
