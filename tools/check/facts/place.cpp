// SPDX-License-Identifier: MIT OR Apache-2.0
#include "facts/place.hpp"

#include <algorithm>
#include <utility>

namespace fa_check {
namespace {

// Paths deeper than this are their own parent: everything below is one.
constexpr unsigned kMaxDepth = 6;

}  // namespace

PlaceId Places::place(PlaceKind kind, const void* key, PlaceId parent, ChainId chain,
                      std::uint32_t number) {
  const auto [found, is_new] =
      ids_.try_emplace({kind, key, parent, chain, number}, static_cast<PlaceId>(places_.size()));
  if (is_new) places_.push_back({kind, key, parent, chain, number});
  return found->second;
}

unsigned Places::depth(PlaceId id) const {
  unsigned depth = 0;
  for (; places_[id].parent != 0; id = places_[id].parent) ++depth;
  return depth;
}

PlaceId Places::field(PlaceId object, const clang::ValueDecl* field) {
  if (depth(object) >= kMaxDepth) return object;
  return place(PlaceKind::Field, field->getCanonicalDecl(), object);
}

PlaceId Places::element(PlaceId object) {
  if (places_[object].kind == PlaceKind::Element || depth(object) >= kMaxDepth) return object;
  return place(PlaceKind::Element, nullptr, object);
}

PlaceId Places::root(PlaceId id) const {
  while (places_[id].kind == PlaceKind::Field || places_[id].kind == PlaceKind::Element)
    id = places_[id].parent;
  return id;
}

bool Places::is_below(PlaceId id, PlaceId ancestor) const {
  while (id != ancestor) {
    if (places_[id].kind != PlaceKind::Field && places_[id].kind != PlaceKind::Element)
      return false;
    id = places_[id].parent;
  }
  return true;
}

PlaceId Places::moved(PlaceId id, PlaceId from, PlaceId to) {
  if (id == from) return to;
  const PlaceData data = places_[id];
  const PlaceId parent = moved(data.parent, from, to);
  if (data.kind == PlaceKind::Element) return element(parent);
  if (depth(parent) >= kMaxDepth) return parent;
  return place(data.kind, data.key, parent);
}

ChainId Places::chain(ChainId caller, const clang::Stmt* call) {
  const auto [found, is_new] =
      chain_ids_.try_emplace({caller, call}, static_cast<ChainId>(chains_.size()));
  if (is_new) chains_.emplace_back(caller, call);
  return found->second;
}

SiteId Places::site(const clang::Stmt* expression, ChainId chain) {
  const auto [found, is_new] =
      site_ids_.try_emplace({expression, chain}, static_cast<SiteId>(sites_.size()));
  if (is_new) sites_.emplace_back(expression, chain);
  return found->second;
}

bool Places::begins_with(ChainId chain, ChainId prefix) const {
  while (chain != prefix && chain != 0) chain = chains_[chain].first;
  return chain == prefix;
}

SiteId Places::seen_from(SiteId site, SiteId other) {
  if (site == 0 || other == 0) return site;
  const ChainId seen = chain_of(other);
  SiteId result = site;
  for (ChainId chain = chain_of(site); !begins_with(seen, chain); chain = chains_[chain].first)
    result = this->site(chains_[chain].second, chains_[chain].first);
  return result;
}

}  // namespace fa_check
