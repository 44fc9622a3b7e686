// SPDX-License-Identifier: MIT OR Apache-2.0
// Places (abstract memory) and sites (an expression in a chain of calls), both interned to numbers,
// so that states are small and comparable.
#pragma once

#include "model/clang.hpp"

#include <cstdint>
#include <map>
#include <set>
#include <tuple>
#include <vector>

namespace fa_check {

using PlaceId = std::uint32_t;
using ChainId = std::uint32_t;  // a chain of calls; 0 is the function that the analysis began in
using SiteId = std::uint32_t;   // an expression in a chain of calls; 0 is none

enum class PlaceKind : std::uint8_t {
  None,
  Local,    // a variable of a call
  Global,   // of static or thread storage, member of a class included
  This,     // the object of the method that the analysis began in
  Unknown,  // what a pointer from outside points at; the parent holds the pointer
  Temporary,
  Field,
  Element,   // of an array or container; all are one
  Memory,    // a loan: memory that ends with its frame, scope, pool, group
  Lasting,   // pool, heap and new
  Mark,      // a checkpoint, scope, group, handle: what can end
  Resource,  // a memory resource on the frame of its parent
  Part,      // an allocator that belongs to its parent
  Function,  // code, for what points at it
};

struct PlaceData {
  PlaceKind kind = PlaceKind::None;
  const void* key = nullptr;  // declaration or expression
  PlaceId parent = 0;
  ChainId chain = 0;
  std::uint32_t number = 0;  // Memory: not 0 when made by an earlier turn of its loop
};

class Places {
 public:
  Places() : places_(1), chains_(1), sites_(1) {}
  [[nodiscard]] PlaceId place(PlaceKind kind, const void* key, PlaceId parent = 0,
                              ChainId chain = 0, std::uint32_t number = 0);
  [[nodiscard]] PlaceId field(PlaceId object, const clang::ValueDecl* field);
  [[nodiscard]] PlaceId element(PlaceId object);
  // Effect: what `object` holds is one object, as in an optional, and not one of many.
  void set_single(PlaceId object) { singles_.insert(element(object)); }
  [[nodiscard]] bool is_one_of_many(PlaceId id) const {
    return places_[id].kind == PlaceKind::Element && singles_.count(id) == 0;
  }
  [[nodiscard]] const PlaceData& operator[](PlaceId id) const { return places_[id]; }
  // The place that this one is a part of, through fields and elements.
  [[nodiscard]] PlaceId root(PlaceId id) const;
  [[nodiscard]] bool is_below(PlaceId id, PlaceId ancestor) const;
  // The same part of another object: `id` is below `from`.
  [[nodiscard]] PlaceId moved(PlaceId id, PlaceId from, PlaceId to);
  [[nodiscard]] unsigned depth(PlaceId id) const;

  [[nodiscard]] ChainId chain(ChainId caller, const clang::Stmt* call);
  [[nodiscard]] SiteId site(const clang::Stmt* expression, ChainId chain);
  [[nodiscard]] const clang::Stmt* expression(SiteId site) const { return sites_[site].first; }
  [[nodiscard]] ChainId chain_of(SiteId site) const { return sites_[site].second; }
  // The expression of `site`, or the call that leads to it, in the innermost function that both
  // sites have in common: where a reader who looks at `other` meets it.
  [[nodiscard]] SiteId seen_from(SiteId site, SiteId other);
  [[nodiscard]] bool begins_with(ChainId chain, ChainId prefix) const;
  [[nodiscard]] ChainId caller_of(ChainId chain) const { return chains_[chain].first; }
  [[nodiscard]] const clang::Stmt* call_of(ChainId chain) const { return chains_[chain].second; }

 private:
  std::vector<PlaceData> places_;
  std::set<PlaceId> singles_;
  std::map<std::tuple<PlaceKind, const void*, PlaceId, ChainId, std::uint32_t>, PlaceId> ids_;
  std::vector<std::pair<ChainId, const clang::Stmt*>> chains_;
  std::map<std::pair<ChainId, const clang::Stmt*>, ChainId> chain_ids_;
  std::vector<std::pair<const clang::Stmt*, ChainId>> sites_;
  std::map<std::pair<const clang::Stmt*, ChainId>, SiteId> site_ids_;
};

}  // namespace fa_check
