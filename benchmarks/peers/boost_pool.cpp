// SPDX-License-Identifier: MIT OR Apache-2.0
// Boost.Pool: one object size, not safe between threads.
#include <boost/pool/pool.hpp>

#include "../harness/register.hpp"
#include "peers.hpp"

namespace bench {
namespace {

template <std::size_t size>
class BoostPool {
 public:
  static constexpr bool kFreesEach = true;

  struct Session {
    template <class T>
    [[gnu::always_inline]] T* make() {
      return static_cast<T*>(pool.malloc());
    }
    template <class T>
    [[gnu::always_inline]] void give_back(T* p) {
      pool.free(p);
    }
    boost::pool<>& pool;
  };

  Session open() { return {pool_}; }
  void close(Session&) {}

 private:
  boost::pool<> pool_{size};
};

struct BoostPools {
  template <std::size_t size>
  using Of = BoostPool<size>;
};

}  // namespace

void add_boost_pool(Rows& rows) { add_fixed_pool<BoostPools>(rows, "boost-pool"); }

}  // namespace bench
