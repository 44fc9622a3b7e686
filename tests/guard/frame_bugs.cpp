// SPDX-License-Identifier: MIT OR Apache-2.0
// Frame memory used when its frame is over.
#include "guard/bugs.hpp"

#include <atomic>
#include <cstring>
#include <functional>
#include <memory_resource>
#include <span>
#include <string_view>
#include <thread>
#include <vector>

namespace framealloc::guard_bugs {
namespace {

// A frame in which one contact is allocated, and ends.
Contact* stale_contact(World& world) {
  Contact* contact = nullptr;
  world.begin_culprit();
  world.use_frame();
  world.alloc.with_tag("seeded", [&] { contact = world.alloc.frame_alloc<Contact>(); });
  *contact = Contact{7, {1, 2, 3}, 4};
  world.alloc.end_frame();
  return contact;
}

// The same for what `make` allocates.
template <class Make>
auto make_stale(World& world, Make make) {
  world.begin_culprit();
  world.use_frame();
  auto made = world.alloc.with_tag("seeded", make);
  world.alloc.end_frame();
  return made;
}

std::span<std::uint64_t> stale_span(World& world) {
  return make_stale(world, [&] {
    auto* data = world.alloc.frame_alloc_batch<std::uint64_t>(64);
    std::memset(data, 1, 64 * sizeof *data);
    return std::span<std::uint64_t>(data, 64);
  });
}

FrameVec<std::uint64_t> stale_vec(World& world) {
  return make_stale(world, [&] {
    auto vec = world.alloc.frame_vec<std::uint64_t>();
    for (std::uint64_t i = 1; i < 50; ++i) vec.push_back(i);
    return vec;
  });
}

}  // namespace

void bug_read_pointer_after_frame(World& world) { world.read(stale_contact(world)); }
void bug_write_pointer_after_frame(World& world) { world.write(stale_contact(world)); }

void bug_read_pointer_in_next_frame(World& world) {
  const Contact* contact = stale_contact(world);
  world.alloc.begin_frame();
  world.read(contact);
  world.alloc.end_frame();
}
void bug_write_pointer_in_next_frame(World& world) {
  Contact* contact = stale_contact(world);
  world.alloc.begin_frame();
  world.write(contact);
  world.alloc.end_frame();
}
void bug_write_pointer_three_frames_later(World& world) {
  Contact* contact = stale_contact(world);
  for (int i = 0; i < 3; ++i) {
    world.alloc.begin_frame();
    world.alloc.end_frame();
  }
  world.write(contact);
}

void bug_read_span_after_frame(World& world) { world.read(&stale_span(world)[63]); }
void bug_write_span_after_frame(World& world) { world.write(&stale_span(world)[5]); }

void bug_read_slice_after_frame(World& world) {
  const auto slice = make_stale(world, [&] { return world.alloc.frame_slice<Contact>(9); });
  world.read(&slice[8]);
}

void bug_read_vec_after_frame(World& world) {
  const auto vec = stale_vec(world);
  world.read(&vec[30]);
}
void bug_write_vec_after_frame(World& world) {
  auto vec = stale_vec(world);
  world.write(&vec[30]);
}
void bug_push_to_vec_after_frame(World& world) {
  auto vec = make_stale(world, [&] {
    auto made = world.alloc.frame_vec<std::uint64_t>(64);
    made.push_back(1);
    return made;
  });
  vec.push_back(2);  // there is room
  std::printf("WROTE\n");
}

void bug_read_map_after_frame(World& world) {
  const std::uint64_t* value = nullptr;
  const auto map = make_stale(world, [&] {
    auto made = world.alloc.frame_map<std::uint64_t, std::uint64_t>();
    for (std::uint64_t i = 1; i < 40; ++i) made.insert(i, i);
    value = &made.find(20)->second;
    return made;
  });
  world.read(value);
}
void bug_read_string_after_frame(World& world) {
  std::string_view view;
  const auto text = make_stale(world, [&] {
    auto made = world.alloc.frame_string();
    made.append("the name of something that is longer than a granule");
    view = made.view();
    return made;
  });
  world.read(reinterpret_cast<const std::uint64_t*>(view.data() + 16));
}

void bug_read_std_vector_after_frame(World& world) {
  const auto* element = make_stale(world, [&] {
    std::vector<std::uint64_t, FrameAllocator<std::uint64_t>> vec{
        FrameAllocator<std::uint64_t>(world.alloc)};
    vec.assign(40, 7);
    auto* at = &vec[20];
    // Something newer, so that the vector's memory is not given back at its end.
    (void)world.alloc.frame_alloc<Contact>();
    return at;
  });
  world.read(element);
}
void bug_write_pmr_vector_after_frame(World& world) {
  auto* element = make_stale(world, [&] {
    std::pmr::vector<std::uint64_t> vec(40, 7, world.alloc.frame_resource());
    std::uint64_t* const at = &vec[20];
    return at;
  });
  world.write(element);
}

void bug_read_box_after_frame(World& world) {
  const Contact* inside = make_stale(world, [&] {
    auto box = world.alloc.frame_box<Contact>(Contact{7, {1, 2, 3}, 4});
    return box.get();
  });
  world.read(inside);
}
void bug_write_object_after_frame(World& world) {
  world.write(make_stale(world, [&] { return world.alloc.frame_new<Contact>(Contact{}); }));
}
void bug_read_batch_after_frame(World& world) {
  const Contact* batch = make_stale(world, [&] {
    auto* made = world.alloc.frame_alloc_batch<Contact>(1000);
    for (std::uint64_t i = 0; i < 1000; ++i) made[i] = Contact{i, {}, 9};
    return made;
  });
  world.read(batch + 999);
}
void bug_write_layout_after_frame(World& world) {
  world.write(static_cast<Contact*>(
      make_stale(world, [&] { return world.alloc.frame_alloc_layout(sizeof(Contact), 256); })));
}
void bug_write_large_block_after_frame(World& world) {
  constexpr std::size_t kBytes = std::size_t{3} << 20;  // more than a chunk
  auto* bytes = static_cast<std::byte*>(
      make_stale(world, [&] { return world.alloc.frame_alloc_layout(kBytes, 16); }));
  world.write(bytes + kBytes / 2);
}

void bug_lambda_keeps_pointer(World& world) {
  std::function<void()> later;
  Contact* contact = stale_contact(world);
  later = [contact, &world] { world.write(contact); };
  later();
}
void bug_lambda_keeps_vec(World& world) {
  auto vec = stale_vec(world);
  const auto later = [&vec, &world] { world.read(&vec[1]); };
  later();
}
void bug_copy_from_stale_memory(World& world) {
  const auto span = stale_span(world);
  std::uint64_t copy[64];
  std::memcpy(copy, span.data(), sizeof copy);
  world.read(&copy[0]);
}

void bug_other_thread_reads(World& world) {
  const Contact* contact = stale_contact(world);
  std::thread([&] { world.read(contact); }).join();
}
void bug_other_thread_writes(World& world) {
  Contact* contact = stale_contact(world);
  std::thread([&] { world.write(contact); }).join();
}
void bug_memory_of_worker_after_frame(World& world) {
  const Contact* contact = nullptr;
  world.begin_culprit();
  std::thread([&] {
    world.alloc.with_tag("seeded", [&] {
      auto* made = world.alloc.frame_alloc<Contact>();
      *made = Contact{7, {1, 2, 3}, 4};
      contact = made;
    });
  }).join();
  world.alloc.end_frame();
  world.read(contact);
}
void bug_end_without_waiting_for_worker(World& world) {
  std::atomic<int> step{0};
  world.begin_culprit();
  std::thread worker([&] {
    Contact* contact = nullptr;
    world.alloc.with_tag("seeded", [&] { contact = world.alloc.frame_alloc<Contact>(); });
    step = 1;
    step.notify_all();
    step.wait(1);
    world.write(contact);
    step.wait(2);
    world.use_frame();  // in the next frame
  });
  step.wait(0);
  world.alloc.end_frame();  // the worker still has its work in hand
  step = 2;
  step.notify_all();
  world.alloc.begin_frame();
  step = 3;
  step.notify_all();
  worker.join();
  world.alloc.end_frame();
}

void bug_read_in_flight_too_late(World& world) {
  const Contact* contact = stale_contact(world);  // good for one more frame
  std::printf("%u\n", contact->flags);
  world.run_frames(1);
  world.read(contact);
}
void bug_write_in_flight_too_late(World& world) {
  Contact* contact = stale_contact(world);
  world.write(contact, 1);
  world.run_frames(1);
  world.write(contact);
  world.run_frames(2);
}
void bug_write_thread_frame_after_end(World& world) {
  Contact* contact = nullptr;
  world.alloc.begin_thread_frame();
  world.alloc.with_tag("seeded", [&] { contact = world.alloc.frame_alloc<Contact>(); });
  world.alloc.end_thread_frame();
  std::printf("CULPRIT 1\n");
  std::fflush(stdout);
  world.write(contact);
  world.alloc.begin_thread_frame();
  world.alloc.end_thread_frame();
}

namespace {

// A contact that a rewind has freed; its frame is still open.
template <class Rewind>
Contact* rewound_contact(World& world, Rewind rewind) {
  Contact* contact = nullptr;
  world.begin_culprit();
  world.use_frame();
  rewind([&] {
    world.alloc.with_tag("seeded", [&] { contact = world.alloc.frame_alloc<Contact>(); });
    *contact = Contact{7, {1, 2, 3}, 4};
  });
  return contact;
}

Contact* contact_after_rewind(World& world) {
  return rewound_contact(world, [&](auto allocate) {
    const FrameCheckpoint before = world.alloc.frame_checkpoint();
    allocate();
    world.alloc.rollback_to(before);
  });
}

}  // namespace

void bug_read_after_rewind(World& world) { world.read(contact_after_rewind(world)); }
void bug_write_after_rewind(World& world) {
  Contact* contact = contact_after_rewind(world);
  world.use_frame();
  world.write(contact);
}
void bug_read_after_rollback(World& world) {
  world.read(rewound_contact(world, [&](auto allocate) {
    const auto guard = world.alloc.checkpoint_guard();  // never committed
    allocate();
  }));
}
void bug_write_after_scope(World& world) {
  Contact* contact = rewound_contact(world, [&](auto allocate) {
    const auto scope = world.alloc.frame_scope();
    allocate();
  });
  world.use_frame();
  world.write(contact);
}
void bug_read_after_speculation(World& world) {
  world.read(rewound_contact(world, [&](auto allocate) {
    (void)world.alloc.speculative([&] {
      allocate();
      return false;
    });
  }));
}

void bug_frame_overrun_into_neighbor(World& world) {
  world.alloc.begin_frame();
  auto* first = world.alloc.frame_alloc<Contact>();
  (void)world.alloc.frame_alloc<Contact>();
  world.write(first + 1);
  world.alloc.end_frame();
}

}  // namespace framealloc::guard_bugs
