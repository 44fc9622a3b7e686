// SPDX-License-Identifier: MIT OR Apache-2.0
// One trait for everything that moves objects, whichever of its two names a program specializes.
#include <framealloc/detail/container/relocate.hpp>
#include <framealloc/detail/heap/handle_type.hpp>
#include <framealloc/relocatable.hpp>

#include <gtest/gtest.h>

#include <list>
#include <memory>
#include <string>
#include <utility>

namespace framealloc {
namespace {

// Neither moves in a trivial way; both say that their bytes may be copied all the same.
template <int which>
struct Counted {
  explicit Counted(int v) : value(v) {}
  Counted(Counted&& other) noexcept : value(other.value) { ++moves; }
  Counted& operator=(Counted&&) = delete;
  ~Counted() { ++ends; }
  int value;
  static inline int moves = 0;
  static inline int ends = 0;
};
using ByStruct = Counted<0>;
using ByVariable = Counted<1>;
using Ordinary = Counted<2>;

}  // namespace

template <>
struct IsTriviallyRelocatable<ByStruct> : std::true_type {};
template <>
inline constexpr bool is_trivially_relocatable<ByVariable> = true;

namespace {

static_assert(is_trivially_relocatable<int> && is_trivially_relocatable<std::unique_ptr<int>>);
static_assert(is_trivially_relocatable<std::pair<int, std::unique_ptr<int>>>);
static_assert(!is_trivially_relocatable<std::string> && !is_trivially_relocatable<std::list<int>>);
static_assert(!is_trivially_relocatable<std::pair<int, std::string>>);
static_assert(!is_trivially_relocatable<Ordinary>);

template <class T>
class Relocatable : public testing::Test {};
using Bitwise = testing::Types<ByStruct, ByVariable>;
TYPED_TEST_SUITE(Relocatable, Bitwise);

TYPED_TEST(Relocatable, EveryoneWhoMovesCopiesBytes) {
  TypeParam::moves = TypeParam::ends = 0;
  alignas(TypeParam) std::byte from[sizeof(TypeParam)];
  alignas(TypeParam) std::byte to[sizeof(TypeParam)];
  auto* const object = ::new (from) TypeParam(7);
  detail::relocate(object, 1, reinterpret_cast<TypeParam*>(to));
  EXPECT_EQ(reinterpret_cast<TypeParam*>(to)->value, 7);
  detail::handle_type<TypeParam>.relocate(to, from);
  EXPECT_TRUE(detail::handle_type<TypeParam>.bitwise);
  EXPECT_EQ(object->value, 7);
  EXPECT_EQ(TypeParam::moves, 0);
  EXPECT_EQ(TypeParam::ends, 0);
}

TEST(RelocatableOrdinary, IsMovedByItsConstructor) {
  Ordinary::moves = Ordinary::ends = 0;
  alignas(Ordinary) std::byte from[sizeof(Ordinary)];
  alignas(Ordinary) std::byte to[sizeof(Ordinary)];
  detail::relocate(::new (from) Ordinary(7), 1, reinterpret_cast<Ordinary*>(to));
  EXPECT_EQ(Ordinary::moves, 1);
  EXPECT_EQ(Ordinary::ends, 1);
  EXPECT_FALSE(detail::handle_type<Ordinary>.bitwise);
}

}  // namespace
}  // namespace framealloc
