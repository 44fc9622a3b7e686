// SPDX-License-Identifier: MIT OR Apache-2.0
// Solver: what comes back from algorithms of std: iterators into what they are given, elements of it, and objects that
// have several of these.
#include "flow/arguments.hpp"
#include "flow/names.hpp"
#include "flow/solver.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace fa_check {

clang::QualType element_of(clang::QualType type) {
  type = type.getNonReferenceType().getCanonicalType();
  if (type->isPointerType()) return type->getPointeeType();
  if (const clang::ArrayType* array = type->getAsArrayTypeUnsafe()) return array->getElementType();
  const clang::CXXRecordDecl* const record = record_of(type);
  const clang::QualType first = record == nullptr ? clang::QualType() : first_type_of(type);
  if (first.isNull()) return {};
  // An iterator of libstdc++ is made of a pointer, those of other containers of the element.
  const std::string name = plain_name(*record);
  const bool is_of_iterator =
      name == "__gnu_cxx::__normal_iterator" || name == "std::ranges::subrange";
  return is_of_iterator ? element_of(first) : first;
}

namespace {

// Whether the algorithm writes elsewhere, and returns how far it came there.
bool returns_end_of_output(llvm::StringRef name) {
  return name.starts_with("copy") || name.ends_with("_copy") || name.ends_with("_copy_if") ||
         name.starts_with("set_") ||
         is_one_of(name, {"move", "move_backward", "transform", "merge", "partial_sum",
                          "adjacent_difference", "inclusive_scan", "exclusive_scan",
                          "transform_inclusive_scan", "transform_exclusive_scan"});
}

// Whether the algorithm makes anew what its first range has.
bool makes_elements(llvm::StringRef name) {
  return is_one_of(name, {"fill", "fill_n", "generate", "generate_n"});
}

// Whether an argument of the kind and type is a range, and no iterator.
bool is_range(Kind kind, clang::QualType type) {
  if (type->isArrayType()) return true;
  if (kind == Kind::Container || kind == Kind::PmrContainer || kind == Kind::ArenaContainer)
    return true;
  const clang::CXXRecordDecl* const record = record_of(type);
  if (kind != Kind::View || record == nullptr) return false;
  const std::string name = plain_name(*record);
  return !llvm::StringRef(name).contains("iterator") && !llvm::StringRef(name).contains("Iterator");
}

bool has_name(const clang::FieldDecl& field, llvm::StringRef name) {
  return field.getDeclName().isIdentifier() && field.getName() == name;
}

}  // namespace

// Result: the memory that the iterator, range or object leads into.
Value Solver::led_to(const Call& caller, State& state, const clang::Expr* argument, bool refers) {
  const clang::QualType type = argument->getType();
  const Kind kind = model_.kind_of(type);
  const Value given = value(caller, state, argument);
  if (kind == Kind::Pointer)
    return argument->isGLValue() && !refers ? load(state, given, type) : given;
  Value found;
  if (kind == Kind::Container || kind == Kind::User) {
    for (const Target& target : given.to)
      found.add({kind == Kind::User && !type->isArrayType() ? target.place
                                                            : places_.element(target.place),
                 0});
    return found;
  }
  if (kind == Kind::Plain || kind == Kind::Allocator || kind == Kind::Owner) return found;
  return load(state, given, type);
}

// Result: what leads into an argument of the function may come back from it.
Value Solver::come_back(const Call& caller, State& state, llvm::StringRef name,
                        const clang::Expr* at, const std::vector<const clang::Expr*>& arguments) {
  Value found;
  std::vector<const clang::Expr*> origins = arguments;
  if (returns_end_of_output(name)) {
    // The output is the last one of the type that comes back.
    std::erase_if(origins, [&](const clang::Expr* argument) {
      return !context_.hasSameUnqualifiedType(at->getType().getCanonicalType(),
                                              argument->getType().getCanonicalType());
    });
    if (origins.size() > 1) origins.erase(origins.begin(), origins.end() - 1);
  }
  for (const clang::Expr* argument : origins) {
    if (is_closure(argument)) break;  // it calls that
    const clang::QualType type = argument->getType();
    if (model_.kind_of(type) == Kind::Pointer && is_one_of(name, {"get_if", "any_cast"})) {
      const Value given = value(caller, state, argument);
      for (const Target& target : (argument->isGLValue() ? load(state, given, type) : given).to)
        found.add({places_.element(target.place), 0});
    } else {
      const Value led = led_to(caller, state, argument, at->isGLValue());
      const clang::QualType element = at->isGLValue() ? clang::QualType() : element_of(type);
      // It is an element that comes back, and not where that lies.
      const bool is_element =
          !element.isNull() && context_.hasSameUnqualifiedType(at->getType().getCanonicalType(),
                                                               element.getCanonicalType());
      found.join(is_element ? load(state, led, element) : led);
    }
    if (!is_one_of(name, {"min", "max", "clamp"})) break;
  }
  return found;
}

// Effect: the object `place` that the algorithm returns has iterators into what it was given. Result: whether it is one
// that has such.
bool Solver::give_parts(const Call& caller, State& state, llvm::StringRef name, PlaceId place,
                        const clang::Expr* at, const std::vector<const clang::Expr*>& arguments) {
  const clang::CXXRecordDecl* const record = record_of(at->getType());
  if (record == nullptr || !record->hasDefinition() || !is_in_std(*record)) return false;
  const std::string owner = plain_name(*record);
  const bool is_pair = owner == "std::pair";
  if (is_pair ? !is_one_of(
                    name, {"minmax", "minmax_element", "equal_range", "mismatch", "partition_copy"})
              : !llvm::StringRef(owner).starts_with("std::ranges::") ||
                    !llvm::StringRef(owner).ends_with("_result"))
    return false;
  // Iterators and ranges, where the first of two iterators stands for both.
  std::vector<const clang::Expr*> inputs;
  std::vector<const clang::Expr*> all;
  for (const clang::Expr* argument : arguments) {
    const clang::QualType type = argument->getType();
    const Kind kind = model_.kind_of(type);
    const bool range = is_range(kind, type);
    const bool follows = kind == Kind::Pointer || kind == Kind::View || range;
    if (!follows || is_closure(argument) || type->isFunctionPointerType()) continue;
    const bool is_end = all.size() == 1 && inputs.size() == 1 && !range &&
                        !is_range(model_.kind_of(all.front()->getType()), all.front()->getType());
    all.push_back(argument);
    if (!is_end) inputs.push_back(argument);
  }
  const bool both_are_written = name == "partition_copy";
  for (const clang::FieldDecl* field : record->fields()) {
    if (!model_.can_hold(field->getType())) continue;
    const bool is_first = has_name(*field, "first");
    const bool is_second = has_name(*field, "second");
    std::vector<const clang::Expr*> from;
    if (is_pair && name == "minmax" && field->getType()->isReferenceType()) {
      from = arguments;
      std::erase_if(from, [](const clang::Expr* argument) { return is_closure(argument); });
    } else if (all.empty()) {
      continue;
    } else if (has_name(*field, "out2") || (is_second && both_are_written)) {
      from.push_back(all.back());
    } else if (has_name(*field, "out1") || (is_first && both_are_written)) {
      if (all.size() > 1) from.push_back(all[all.size() - 2]);
    } else if (has_name(*field, "out")) {
      from.push_back(all.back());
    } else if (has_name(*field, "in2") || (is_second && name == "mismatch")) {
      if (inputs.size() > 1) from.push_back(inputs[1]);
    } else {
      from.push_back(inputs.front());
    }
    Value held;
    for (const clang::Expr* argument : from) {
      const Value led = led_to(caller, state, argument, field->getType()->isReferenceType());
      const clang::QualType element = element_of(argument->getType());
      const bool is_element =
          !element.isNull() && context_.hasSameUnqualifiedType(field->getType().getCanonicalType(),
                                                               element.getCanonicalType());
      held.join(is_element ? load(state, led, element) : led);
    }
    store(state, places_.field(place, field), held, site(caller, at));
  }
  return true;
}

// Effect: what the algorithm writes is where its output is: what its function has returned, the value that it is given,
// else what its first range has.
void Solver::write_output(const Call& caller, State& state, llvm::StringRef name,
                          const clang::Expr* at, const Value& closures,
                          const std::vector<const clang::Expr*>& arguments) {
  const bool makes = makes_elements(name);
  if ((!returns_end_of_output(name) && !makes) || arguments.size() < 2) return;
  const clang::Expr* output = makes ? arguments.front() : nullptr;
  for (const clang::Expr* argument : arguments) {
    const clang::QualType type = argument->getType();
    const Kind kind = model_.kind_of(type);
    if (!makes && argument != arguments.front() && (kind == Kind::Pointer || kind == Kind::View) &&
        !is_range(kind, type) && !type->isFunctionPointerType())
      output = argument;
  }
  if (output == nullptr) return;
  const SiteId where = site(caller, at);
  const bool is_made = name == "transform" || name.starts_with("generate");
  const bool is_given = name.starts_with("fill");
  const clang::FunctionDecl* const body = is_made ? body_of_closure(closures) : nullptr;
  const auto returned = state.values.find(at);
  if (is_made && (body == nullptr || returned == state.values.end())) return;
  const clang::QualType element = is_made    ? body->getReturnType().getNonReferenceType()
                                  : is_given ? element_of(output->getType())
                                             : element_of(arguments.front()->getType());
  if (element.isNull() || !model_.can_hold(element)) return;
  const Kind kind = model_.kind_of(element);
  const bool is_value = is_given || (is_made && !body->getReturnType()->isReferenceType());
  const Value from = is_made    ? returned->second
                     : is_given ? value(caller, state, arguments.back())
                                : led_to(caller, state, arguments.front(), false);
  for (const Target& target : led_to(caller, state, output, false).to) {
    const bool weak = !makes || !state.is_visited(target.place);
    if (kind == Kind::Pointer && is_value)
      store(state, target.place,
            is_given && arguments.back()->isGLValue() ? load(state, from, element) : from, where,
            weak);
    else if (kind == Kind::Pointer || kind == Kind::View)
      store(state, target.place, load(state, from, element), where, weak);
    else
      for (const Target& source : from.to)
        copy(state, target.place, source.place, element, where, weak);
  }
}

// Whether the algorithm comes to each element of its first range once.
bool Solver::visits_each(llvm::StringRef name) {
  return is_one_of(name, {"for_each", "for_each_n"}) || makes_elements(name);
}

}  // namespace fa_check
