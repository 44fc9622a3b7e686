// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <utility>
#include <vector>

namespace fa = framealloc;

struct Update {
  int id = 0;
};
std::vector<fa::TransferHandle<Update>> g_outbox;
void send(fa::SmartAlloc& alloc) {
  const auto frame = alloc.scoped_frame();
  g_outbox.push_back(alloc.frame_box_for_transfer<Update>());
}
