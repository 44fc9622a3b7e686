// SPDX-License-Identifier: MIT OR Apache-2.0
// Places and sites as numbers, values and states as sets of them.
#include "facts/place.hpp"
#include "flow/state.hpp"
#include "flow/value.hpp"

#include <gtest/gtest.h>

namespace fa_check {
namespace {

const void* key(std::size_t number) { return reinterpret_cast<const void*>(number * 16); }

TEST(Places, TheSameThingIsOneNumber) {
  Places places;
  const PlaceId local = places.place(PlaceKind::Local, key(1));
  EXPECT_EQ(places.place(PlaceKind::Local, key(1)), local);
  EXPECT_NE(places.place(PlaceKind::Local, key(1), 0, 1), local);  // of another call
  EXPECT_NE(places.place(PlaceKind::Global, key(1)), local);
}

TEST(Places, ElementsOfAnArrayAreOneAndHaveTheirRoot) {
  Places places;
  const PlaceId local = places.place(PlaceKind::Local, key(1));
  const PlaceId element = places.element(local);
  EXPECT_EQ(places.element(element), element);
  EXPECT_EQ(places.root(element), local);
  EXPECT_TRUE(places.is_below(element, local));
  EXPECT_FALSE(places.is_below(local, element));
}

TEST(Places, PartsMoveWithTheirObject) {
  Places places;
  const PlaceId from = places.place(PlaceKind::Local, key(1));
  const PlaceId to = places.place(PlaceKind::Local, key(2));
  EXPECT_EQ(places.moved(places.element(from), from, to), places.element(to));
  EXPECT_EQ(places.moved(from, from, to), to);
}

TEST(Places, ASiteIsSeenFromTheInnermostCommonCall) {
  Places places;
  const auto* const outer = static_cast<const clang::Stmt*>(key(1));
  const auto* const inner = static_cast<const clang::Stmt*>(key(2));
  const auto* const deep = static_cast<const clang::Stmt*>(key(3));
  const ChainId one = places.chain(0, outer);
  const ChainId two = places.chain(one, inner);
  const SiteId store = places.site(deep, two);
  const SiteId made_outside = places.site(outer, 0);
  // Whoever made the memory at the outside meets the store where the call leads to it.
  EXPECT_EQ(places.expression(places.seen_from(store, made_outside)), outer);
  EXPECT_EQ(places.seen_from(store, places.site(outer, two)), store);
}

TEST(Value, JoinsWhatBothMayHold) {
  Value a = Value::of(3);
  Value b = Value::of(5);
  b.null = true;
  b.number = 1;
  a.join(b);
  EXPECT_TRUE(a.has(3));
  EXPECT_TRUE(a.has(5));
  EXPECT_TRUE(a.null);
  EXPECT_FALSE(a.number);
  EXPECT_FALSE(a.is_only_null());
  EXPECT_TRUE(Value::nothing().is_only_null());
}

TEST(State, JoinKeepsEveryLifeAndForgetsFactsThatDisagree) {
  State a;
  State b;
  a.lives[1].ends = 1;
  b.lives[1].ends = 2;  // its frame ended once
  a.facts[{7, 0}] = true;
  b.facts[{7, 0}] = false;
  a.facts[{8, 0}] = true;
  b.facts[{8, 0}] = true;
  b.running.push_back({});
  EXPECT_TRUE(a.join(b));
  EXPECT_EQ(a.lives[1].ends, 3);
  EXPECT_EQ(a.facts.size(), 1U);
  EXPECT_EQ(a.running.size(), 1U);
  EXPECT_FALSE(a.join(b));
}

TEST(State, PinsHoldOnlyWhereBothPathsPin) {
  State a;
  State b;
  a.pinned = {4};
  EXPECT_TRUE(a.join(b));
  EXPECT_TRUE(a.pinned.empty());
}

}  // namespace
}  // namespace fa_check
