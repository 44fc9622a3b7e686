// SPDX-License-Identifier: MIT OR Apache-2.0
// Everyone who is measured. One file per library in this folder; each adds its own rows.
#pragma once

#include "../harness/case.hpp"

namespace bench {

void add_floor_touch(Rows& rows);
void add_floor_bump(Rows& rows);
void add_floor_freelist(Rows& rows);
void add_floor_ring(Rows& rows);

void add_framealloc_frame(Rows& rows);
void add_framealloc_pool(Rows& rows);
// Rows of workloads that belong to no library alone.
void add_cold(Rows& rows);
void add_frame_boundary(Rows& rows);
// The allocators that threads share, against what programs write in their place.
void add_handles(Rows& rows);
void add_groups(Rows& rows);
void add_handover(Rows& rows);
void add_barrier(Rows& rows);
// What must not cost more because there is more of it.
void add_scale(Rows& rows);

void add_glibc(Rows& rows);
void add_jemalloc(Rows& rows);
void add_mimalloc(Rows& rows);
void add_tcmalloc(Rows& rows);
void add_tbb(Rows& rows);
void add_std_pmr(Rows& rows);
// Compiled only when CMake found the library.
void add_boost_pool(Rows& rows);
void add_boost_pmr(Rows& rows);
void add_foonathan(Rows& rows);
void add_protobuf(Rows& rows);
void add_snmalloc(Rows& rows);

// All of the above, in the order of the tables; names what is missing.
void add_all_peers(Rows& rows);

}  // namespace bench
