// SPDX-License-Identifier: MIT OR Apache-2.0
#include "checks/loop_log.hpp"

namespace fa_check {
namespace {

// Whether the call runs its closure before it returns, and once: with_tag(), or the closure itself.
bool runs_at_once(Model& model, const clang::Stmt* call) {
  const auto* const e = llvm::dyn_cast<clang::CallExpr>(call);
  const clang::FunctionDecl* const function = e == nullptr ? nullptr : e->getDirectCallee();
  if (function == nullptr) return false;
  if (model.effect_of(*function) == Effect::RunNow) return true;
  const auto* const method = llvm::dyn_cast<clang::CXXMethodDecl>(function);
  return method != nullptr && method->getParent()->isLambda();
}

bool is_lambda(const clang::FunctionDecl* function) {
  const auto* const method = llvm::dyn_cast_or_null<clang::CXXMethodDecl>(function);
  return method != nullptr && method->getParent()->isLambda();
}

}  // namespace

LoopLog::LoopLog(const CheckInput& input) : input_(input) {
  for (const Event& event : input.log.events())
    if (event.kind == EventKind::ThreadRuns) started_.insert(event.at);
  for (const Event& event : input.log.events()) {
    switch (event.kind) {
      case EventKind::Issue:
      case EventKind::Grows:
        if (!is_frame_memory(event)) break;
        if (event.kind == EventKind::Issue) allocations_.push_back(&event);
        for (Turning* turning : around(event.at)) turning->made.push_back(&event);
        break;
      case EventKind::FrameOpens:
      case EventKind::FrameEnds:
      case EventKind::Meets:
        for (Turning* turning : around(event.at)) turning->frames = true;
        break;
      case EventKind::Rewinds:
        for (Turning* turning : around(event.at)) turning->rewinds = true;
        break;
      case EventKind::Shrinks:
        for (Turning* turning : around(event.at)) turning->taken_from.insert(event.into);
        break;
      default:
        break;
    }
  }
}

Turning* LoopLog::turning(const Loop* loop, ChainId chain) {
  const auto [found, is_new] = turnings_.try_emplace({loop, chain});
  if (is_new) {
    found->second.loop = loop;
    found->second.chain = chain;
    found->second.on_thread = input_.bodies.started().has(loop->function);
  }
  return &found->second;
}

std::vector<Turning*> LoopLog::around(SiteId site) {
  std::vector<Turning*> found;
  while (site != 0) {
    const ChainId chain = input_.places.chain_of(site);
    const Loop* loop = input_.bodies.loops().around(input_.places.expression(site));
    for (; loop != nullptr; loop = loop->outer) found.push_back(turning(loop, chain));
    if (chain == 0) break;
    site = input_.places.site(input_.places.call_of(chain), input_.places.caller_of(chain));
    if (started_.count(site) != 0) break;
  }
  return found;
}

Turning* LoopLog::own_loop(SiteId site, const clang::Stmt*& inner) {
  for (;;) {
    inner = input_.places.expression(site);
    const ChainId chain = input_.places.chain_of(site);
    const Loop* const loop = input_.bodies.loops().around(inner);
    if (loop != nullptr) return turning(loop, chain);
    const clang::FunctionDecl* const function = input_.bodies.loops().function_of(inner);
    if (chain == 0 || !is_lambda(function)) return nullptr;
    const clang::Stmt* const call = input_.places.call_of(chain);
    const clang::CFG* const graph = input_.bodies.graph(*function);
    if (!runs_at_once(input_.model, call) || graph == nullptr || !on_every_path(*graph, inner))
      return nullptr;
    site = input_.places.site(call, input_.places.caller_of(chain));
  }
}

const LoopTurns& LoopLog::turns(const Turning& turning) {
  return input_.bodies.loops().turns_of(input_.context, *turning.loop);
}

bool LoopLog::is_small(const Turning& turning) {
  const LoopTurns& known = turns(turning);
  return known.number.has_value() && *known.number < input_.settings.loop_allocation_limit;
}

bool LoopLog::is_frame_memory(const Event& event) const {
  if (event.kind == EventKind::Grows) return true;
  const Loan* const loan = input_.solver.loan(event.loan);
  if (loan == nullptr || loan->resolved) return false;
  if (loan->maker == nullptr) return loan->container != 0;
  // A container that is made on an arena takes memory when it grows.
  return gives_frame_memory(input_.model.effect_of(*loan->maker));
}

void check_loops(const CheckInput& input, std::vector<Finding>& findings) {
  LoopLog log(input);
  const Driving driving = check_boundaries(input, log, findings);
  check_unbounded(input, log, driving, findings);
  check_batches(input, log, driving, findings);
  check_growth(input, log, findings);
}

}  // namespace fa_check
