// SPDX-License-Identifier: MIT OR Apache-2.0
#include "peers.hpp"

namespace bench {

void add_all_peers(Rows& rows) {
  add_floor_touch(rows);
  add_floor_bump(rows);
  add_floor_freelist(rows);
  add_floor_ring(rows);

  add_framealloc_frame(rows);
  add_framealloc_pool(rows);

  add_std_pmr(rows);
#if BENCH_HAS_FOONATHAN
  add_foonathan(rows);
#else
  rows.leave_out("foonathan", "not found when this was built: libfoonathan-memory-dev");
#endif
#if BENCH_HAS_BOOST
  add_boost_pool(rows);
  add_boost_pmr(rows);
#else
  rows.leave_out("boost", "not found when this was built: libboost-container-dev");
#endif
#if BENCH_HAS_PROTOBUF
  add_protobuf(rows);
#else
  rows.leave_out("protobuf", "not found when this was built: libprotobuf-dev");
#endif
#if BENCH_HAS_SNMALLOC
  add_snmalloc(rows);
#else
  rows.leave_out("snmalloc", "no package; -DBENCH_SNMALLOC_INCLUDE=<its src folder> adds it");
#endif
  add_mimalloc(rows);
  add_tcmalloc(rows);
  add_jemalloc(rows);
  add_tbb(rows);
  add_glibc(rows);

  add_cold(rows);
  add_frame_boundary(rows);
  add_handles(rows);
  add_groups(rows);
  add_handover(rows);
  add_barrier(rows);
  add_scale(rows);
}

}  // namespace bench
