// SPDX-License-Identifier: MIT OR Apache-2.0
// The solver: runs a function over sets of states, block by block of Clang's CFG, to a fixed point.
// A call whose body is in sight is run in the caller's state, so a wrapper, a setter or a stage
// that runs its argument is what its body does. Limits bound the states at one point, the depth
// of calls and the steps; a function that hits one is told.
#pragma once

#include "facts/bodies.hpp"
#include "facts/place.hpp"
#include "facts/recursion.hpp"
#include "flow/call.hpp"
#include "flow/event.hpp"
#include "flow/state.hpp"
#include "model/model.hpp"
#include "model/threads.hpp"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace fa_check {

class Solver {
 public:
  Solver(clang::ASTContext& context, Model& model, Places& places, Bodies& bodies,
         const Settings& settings, EventLog& log)
      : context_(context),
        model_(model),
        places_(places),
        bodies_(bodies),
        recursion_(bodies),
        settings_(settings),
        log_(log) {}

  // Effect: runs `function` from a state in which nothing is known, then each of `followers`
  // (methods of the same class) from where it ended.
  void solve(const clang::FunctionDecl& function,
             const std::vector<const clang::FunctionDecl*>& followers);
  [[nodiscard]] const Loan* loan(PlaceId place) const;
  [[nodiscard]] bool gave_up() const { return gave_up_; }
  // Whether virtual calls within others were taken for calls of functions out of sight.
  [[nodiscard]] bool left_calls() const { return left_calls_; }
  // Functions that were run as calls of others, with those that called them; constructors by emplace() too.
  using Callees = std::map<const clang::FunctionDecl*, std::set<const clang::FunctionDecl*>>;
  [[nodiscard]] const Callees& inlined() const { return inlined_; }
  // The threads that were started, by the expression that does it.
  [[nodiscard]] const std::map<SiteId, Thread>& threads() const { return threads_; }
  // Classes of which an object was made on the stack while a frame was open, or elsewhere.
  [[nodiscard]] const std::set<const clang::CXXRecordDecl*>& made_in_frames() const {
    return made_in_frames_;
  }
  // Whether one was made where no frame was known to be open, variables aside; or one of arguments.
  [[nodiscard]] bool is_made_outside(const clang::CXXRecordDecl& record, bool of_arguments) const {
    const auto known = made_outside_.find(&record);
    return known != made_outside_.end() && (known->second || !of_arguments);
  }

 private:
  using States = std::vector<State>;

  // collect.cpp
  // Everything that a value can lead to: loans are put into `loans`.
  void reach(State& state, const Value& value, std::set<PlaceId>& loans, unsigned depth = 0);
  void reach_place(State& state, PlaceId place, std::set<PlaceId>& loans, unsigned depth);
  void collect(const Call& call, State& state) const;
  [[nodiscard]] bool is_one_object(PlaceId place) const;
  void forget_turn(const Call& call, State& state, const clang::Stmt& loop) const;

  // solver.cpp: blocks
  States run(const Call& call, States entry);
  void run_block(const Call& call, const clang::CFGBlock& block, States& states, States& thrown);
  void hand_over(const Call& call, State& state,
                 const std::vector<const clang::FunctionDecl*>& followers);
  bool refine(const Call& call, State& state, const clang::Expr* condition, bool holds);
  // Effect: where `target` begins with a && or || whose value is kept, `state` knows it if the way from
  // `block` over its edge `index` decides it.
  void decide_logical(const Call& call, State& state, const clang::CFGBlock& block,
                      const clang::CFGBlock& target, unsigned index);
  bool refine_null(const Call& call, State& state, const clang::Expr* pointer, bool is_null);
  void learn_from_call(const Call& call, State& state, const clang::CXXMemberCallExpr* asked,
                       bool holds);
  void learn_from_size(const Call& call, State& state, const clang::BinaryOperator* compared,
                       bool holds);
  bool refine_equal(const Call& call, State& state, const clang::Expr* left,
                    const clang::Expr* right, bool equal);
  void add_state(States& states, State state, bool& changed) const;

  // statements.cpp
  void step(const Call& call, const clang::Stmt* statement, States& states);
  void declare(const Call& call, State& state, const clang::VarDecl* variable);
  void assign(const Call& call, State& state, const clang::BinaryOperator* assignment);
  void make_closure(const Call& call, State& state, const clang::LambdaExpr* lambda);
  void make_list(const Call& call, State& state, const clang::InitListExpr* list);
  void store_into(const Call& call, State& state, PlaceId place, clang::QualType type,
                  const clang::Expr* from, SiteId site);
  void destroy(const Call& call, PlaceId place, clang::QualType type, const clang::Stmt* at,
               States& states);

  // values.cpp
  [[nodiscard]] Value value(const Call& call, State& state, const clang::Expr* expression);
  [[nodiscard]] Value value_of_variable(const Call& call, State& state,
                                        const clang::ValueDecl* declaration);
  [[nodiscard]] PlaceId place_of(const Call& call, const clang::VarDecl* variable);
  [[nodiscard]] Value read(State& state, PlaceId place, clang::QualType type);
  [[nodiscard]] Value load(State& state, const Value& places, clang::QualType type);
  void store(State& state, PlaceId place, Value value, SiteId site, bool weak = false);
  void copy(State& state, PlaceId to, PlaceId from, clang::QualType type, SiteId site,
            bool weak = false);
  [[nodiscard]] bool is_outside(PlaceId place) const;
  [[nodiscard]] bool is_of_parameter(PlaceId place) const;
  [[nodiscard]] std::vector<PlaceId> owners(State& state, const Value& objects);
  void note_referents(const States& constructed);
  [[nodiscard]] bool keeps_loans(const State& state) const;
  [[nodiscard]] PlaceId temporary(const Call& call, const clang::Expr* expression);

  // calls.cpp
  void call(const Call& caller, const clang::Expr* expression, States& states);
  void call_table(const Call& caller, const State& state, const clang::CallExpr* e,
                  const Value& object, const std::vector<const clang::Expr*>& arguments,
                  States& out);
  void call_pointer(const Call& caller, State state, const clang::CallExpr* e, const Value& object,
                    const std::vector<const clang::Expr*>& arguments, States& out);
  void call_function(const Call& caller, State state, const clang::FunctionDecl* function,
                     const clang::Expr* at, const Value& object,
                     const std::vector<const clang::Expr*>& arguments, States& out);
  void construct(const Call& caller, const clang::CXXConstructExpr* expression, States& states);
  [[nodiscard]] bool can_run(const Call& caller, const clang::FunctionDecl* function);
  void run_call(const Call& caller, State state, const clang::FunctionDecl* function,
                const clang::Expr* at, PlaceId self,
                const std::vector<const clang::Expr*>& arguments, States& out,
                bool on_thread = false);
  void run_closures(const Call& caller, State state, const Value& closures, const clang::Expr* at,
                    const std::vector<const clang::Expr*>& arguments, States& out,
                    bool on_thread = false);
  void opaque(const Call& caller, State& state, const clang::FunctionDecl* function,
              const clang::Expr* at, const Value& object,
              const std::vector<const clang::Expr*>& arguments);
  void forget_numbers(State& state, clang::QualType parameter, const Value& objects) const;
  bool clear_memory(const Call& caller, State& state, const clang::FunctionDecl* of,
                    const clang::Expr* at, const std::vector<const clang::Expr*>& arguments);
  void use_arguments(const Call& caller, State& state, const clang::FunctionDecl* function,
                     const std::vector<const clang::Expr*>& arguments);
  void keep_arguments(const Call& caller, State& state, const clang::FunctionDecl* function,
                      const clang::Expr* at, const std::vector<const clang::Expr*>& arguments);
  void run_overriders(const Call& caller, const State& state, const clang::CXXMethodDecl* method,
                      const clang::Expr* at, PlaceId self,
                      const std::vector<const clang::Expr*>& arguments, States& out);

  // effects.cpp, parts.cpp
  bool apply(const Call& caller, State& state, Effect effect, const clang::FunctionDecl* function,
             const clang::Expr* at, const Value& object,
             const std::vector<const clang::Expr*>& arguments, States& out);
  bool apply_part(const Call& caller, State& state, Effect effect,
                  const clang::FunctionDecl* function, const clang::Expr* at, const Value& object,
                  const std::vector<const clang::Expr*>& arguments, States& out);
  void age_loan(State& state, PlaceId from, PlaceId to);
  Value issue(const Call& caller, State& state, const std::vector<PlaceId>& owners,
              const clang::Expr* at, const Loan& loan, const std::vector<PlaceId>& since = {});
  void set_result(const Call& caller, State& state, const clang::Expr* at, Value result,
                  clang::QualType type);
  void configure_deferred(const Call& caller, State& state, const clang::Expr* at,
                          const std::vector<const clang::Expr*>& arguments);
  void speculate(const Call& caller, State state, const clang::Expr* at, const Value& object,
                 const std::vector<const clang::Expr*>& arguments, States& out);
  [[nodiscard]] bool drives_known(const State& state, const clang::FunctionDecl& function,
                                  const Value& object);

  // ends.cpp
  void end_frame(const Call& call, State& state, const std::vector<PlaceId>& owners, bool of_thread,
                 SiteId site);
  void end_mark(const Call& call, State& state, PlaceId mark, SiteId site, bool newer_too);
  void check_escapes(const Call& call, State& state, SiteId end);
  void set_mark(State& state, PlaceId mark, PlaceId owner);
  void forget_mark(State& state, PlaceId mark);
  void renew_mark(State& state, PlaceId mark);
  [[nodiscard]] unsigned frames_in_flight(PlaceId owner) const;
  [[nodiscard]] bool is_over(const State& state, const Life& life) const;
  [[nodiscard]] bool use(const Call& call, State& state, const Value& value, const clang::Expr* at);
  void use_what_it_holds(const Call& call, State& state, const Value& objects,
                         const clang::Expr* at);
  void grow(const Call& call, State& state, const Value& containers, const clang::Expr* at);
  [[nodiscard]] SiteId site(const Call& call, const clang::Stmt* statement) {
    return places_.site(statement, call.chain);
  }
  void tell(const Call& call, EventKind kind, SiteId at, PlaceId loan, PlaceId into, SiteId other);

  // exits.cpp
  void end_object(const Call& call, const clang::CFGElement& element,
                  const clang::VarDecl* returned, States& states);
  void leave(const Call& call, State& state);
  void tell_of_boxes(const Call& call, const State& state);
  static void take_thrown(States& states, States& thrown);
  void unwind(const Call& call, State& state, const clang::Stmt* handlers);
  void leave_by_exception(const Call& call, States thrown, States& exits);

  // resources.cpp
  [[nodiscard]] bool is_memory(PlaceId place) const;
  [[nodiscard]] Value resources(const State& state, clang::QualType type,
                                const Value& pointed) const;
  bool take_from_resource(const Call& caller, State& state, const clang::FunctionDecl* function,
                          const clang::Expr* at, const Value& from);

  // deleters.cpp
  [[nodiscard]] bool has_deleter(clang::QualType type) const;
  void keep_deleter(const Call& caller, State& state, PlaceId place, clang::QualType type,
                    const clang::Expr* deleter, SiteId where);
  void give_up(const Call& caller, PlaceId place, clang::QualType type, const clang::Stmt* at,
               States& states);

  // guards.cpp
  [[nodiscard]] bool is_guard(clang::QualType type);
  [[nodiscard]] clang::QualType owned_guard(clang::QualType type);
  [[nodiscard]] clang::QualType class_of_object(PlaceId place, clang::QualType type) const;
  [[nodiscard]] bool is_held_elsewhere(const State& state, PlaceId place, PlaceId holder) const;
  void end_guard(const Call& caller, PlaceId place, clang::QualType type, const clang::Stmt* at,
                 States& states);
  void end_guards(const Call& caller, PlaceId place, clang::QualType type, const clang::Stmt* at,
                  States& states, bool all);
  void end_parameters(const Call& call, States& states);
  void forget_given_guard(const Call& caller, State& state, const clang::ParmVarDecl& parameter,
                          const clang::Expr* argument);
  void destroy_deleted(const Call& call, const clang::CXXDeleteExpr* deleted, States& states);
  [[nodiscard]] bool ends_what_it_holds(clang::QualType type) const;
  void leave_empty(State& state, const Value& moved, clang::QualType type);

  // objects.cpp
  [[nodiscard]] States build(const Call& caller, State state, PlaceId place, clang::QualType type,
                             const clang::Expr* at, std::vector<const clang::Expr*> arguments);
  [[nodiscard]] static bool owes_destruction(clang::QualType type);
  bool emplace(const Call& caller, State& state, const clang::CXXMethodDecl& method,
               const clang::Expr* at, const Value& object,
               const std::vector<const clang::Expr*>& arguments, States& out);
  void note_made(const State& state, const clang::CXXRecordDecl& record, bool of_arguments);
  void forget_variables(State& state, ChainId chain) const;
  [[nodiscard]] std::map<PlaceId, PlaceId> kept_objects(const State& state,
                                                        bool by_older = false) const;

  // walks.cpp
  const std::vector<const clang::Expr*>& walked_by(const Call& call, const clang::Stmt& loop);
  PlaceId elements_walked(const Call& call, State& state, const clang::Expr* container);
  [[nodiscard]] bool leads_to_one_object(const State& state, const Value& objects) const;
  void add_cells(State& state, PlaceId to, PlaceId from);
  void move_cells(State& state, PlaceId to, PlaceId from);
  void erase_cells(State& state, PlaceId place);
  void erase_inside(State& state, PlaceId container);
  void begin_turn(const Call& call, State& state, const clang::Stmt& loop);
  void end_turn(const Call& call, State& state, const clang::Stmt& loop);
  void end_walk(const Call& call, State& state, const clang::Stmt& loop);
  void break_walk(const Call& call, State& state, const clang::Stmt* loop);

  // coroutines.cpp
  void suspend(const Call& call, State& state, const clang::Expr* expression);
  void tell_of_coroutine(const Call& caller, const State& state, const clang::Expr* at,
                         PlaceId owner);
  [[nodiscard]] SiteId seen_in(SiteId site, const clang::FunctionDecl& function);
  [[nodiscard]] bool is_of_frame(const Loan& loan);

  // bindings.cpp, algorithms.cpp
  [[nodiscard]] Value value_of_binding(const Call& call, State& state,
                                       const clang::BindingDecl& binding);
  bool assign_tied(const Call& caller, State& state, const clang::Expr* at,
                   const clang::Expr* from);
  [[nodiscard]] Value led_to(const Call& caller, State& state, const clang::Expr* argument,
                             bool refers);
  [[nodiscard]] Value come_back(const Call& caller, State& state, llvm::StringRef name,
                                const clang::Expr* at,
                                const std::vector<const clang::Expr*>& arguments);
  [[nodiscard]] const clang::FunctionDecl* body_of_closure(const Value& closures) const;
  [[nodiscard]] static bool visits_each(llvm::StringRef name);
  [[nodiscard]] Value called_with_elements(const Call& caller, State& state, llvm::StringRef name,
                                           const std::vector<const clang::Expr*>& arguments);
  [[nodiscard]] std::vector<const clang::Expr*> elements_for(
      const Call& caller, State& state, const clang::Expr* at, const Value& closures,
      const std::vector<const clang::Expr*>& arguments);
  void write_output(const Call& caller, State& state, llvm::StringRef name, const clang::Expr* at,
                    const Value& closures, const std::vector<const clang::Expr*>& arguments);
  bool give_parts(const Call& caller, State& state, llvm::StringRef name, PlaceId place,
                  const clang::Expr* at, const std::vector<const clang::Expr*>& arguments);

  // library.cpp
  void library(const Call& caller, State& state, const clang::FunctionDecl* function,
               const clang::Expr* at, const Value& object,
               const std::vector<const clang::Expr*>& arguments, States& out);
  void construct_library(const Call& caller, State& state, PlaceId place, clang::QualType type,
                         const clang::Expr* at, const std::vector<const clang::Expr*>& arguments);
  [[nodiscard]] const clang::FieldDecl* iterator_in_pair(clang::QualType type);
  void use_copied(const Call& caller, State& state, clang::QualType type,
                  const clang::Expr* argument);
  void keep(const Call& caller, State& state, PlaceId container, clang::QualType type,
            const clang::Expr* argument, SiteId site, bool may_be_range);
  [[nodiscard]] bool is_emptied_by(const Call& caller, llvm::StringRef name, const clang::Expr* at,
                                   const std::vector<const clang::Expr*>& arguments) const;
  void erase_latest(const Call& caller, State& state, const Value& elements, const clang::Expr* at);
  void erase_entry(State& state, const Value& elements, const clang::Expr* at,
                   const clang::Expr* key);
  void member_of_library(const Call& caller, State& state, const clang::CXXMethodDecl* method,
                         const clang::Expr* at, const Value& object,
                         const std::vector<const clang::Expr*>& arguments);

  // handles.cpp
  [[nodiscard]] const clang::CallExpr* freed_by(const Call& call, const State& state,
                                                PlaceId mark) const;
  [[nodiscard]] bool is_other_entry(const Call& caller, const State& state, PlaceId mark,
                                    const clang::Expr* named) const;
  void forget_freed(const Call& caller, State& state, const Value& containers,
                    const clang::ValueDecl* container, const clang::Expr* key) const;
  void keep_other_entries(const Call& caller, State& state, const clang::Expr* free,
                          const std::vector<const clang::Expr*>& arguments) const;
  void end_turn_of_handles(const Call& call, State& state, const clang::Stmt& loop) const;
  void end_loop_of_handles(const Call& call, State& state, const clang::Stmt& loop) const;

  // watch.cpp: events that change nothing of the state
  void watch_effect(const Call& caller, State& state, Effect effect,
                    const clang::FunctionDecl* function, const clang::Expr* at, const Value& object,
                    const std::vector<const clang::Expr*>& arguments);
  void watch_call(const Call& caller, State& state, const clang::FunctionDecl* function,
                  const clang::Expr* at, const Value& object,
                  const std::vector<const clang::Expr*>& arguments);
  void watch_container(const Call& caller, State& state, const clang::CXXMethodDecl* method,
                       const clang::Expr* at, const Value& object,
                       const std::vector<const clang::Expr*>& arguments);
  void watch_construction(const Call& caller, State& state, PlaceId place,
                          const clang::CXXConstructExpr* at,
                          const std::vector<const clang::Expr*>& arguments);
  void watch_store(const Call& caller, State& state, PlaceId into, const Value& held, SiteId site);
  void watch_exit(State& state, const Call& call, const Value& result);
  void leave_tag(State& state, clang::QualType type);
  void tell_destroyed(const Call& caller, SiteId site, const Value& objects);
  [[nodiscard]] bool is_frame_open(const State& state, PlaceId owner) const;

  // threads.cpp
  void bind(const Call& caller, State& state, PlaceId place, clang::QualType type,
            const clang::Expr* argument);
  bool run_work(const Call& caller, State state, const clang::Expr* work,
                std::vector<const clang::Expr*> arguments, const clang::Expr* at, States& out);
  [[nodiscard]] SiteId site_of_work(const Call& caller, State& state, const clang::Expr* work,
                                    const clang::Expr* at);
  [[nodiscard]] PlaceId handle_of(const Call& caller, const clang::FunctionDecl* function,
                                  const clang::Expr* at, PlaceId made, const Value& object);
  bool starts_thread(const Call& caller, State& state, const clang::FunctionDecl* function,
                     const clang::Expr* at, PlaceId made, const Value& object,
                     const std::vector<const clang::Expr*>& arguments, States& out);
  void reach_marks(const State& state, const Value& value, std::vector<PlaceId>& marks,
                   unsigned depth = 0) const;
  [[nodiscard]] PlaceId load_mark(const State& state, const Value& promises) const;
  void note_allocation(const Call& call, PlaceId owner, const clang::Expr* at);
  void check_arena(const Call& call, State& state, const Value& arenas, const clang::Expr* at);
  void publish(State& state, PlaceId place, const Value& value, SiteId site);

  // waits.cpp
  void join_threads(State& state, const Value& handles);
  void join_all(State& state);
  void wait_for(State& state, const Value& objects);
  void synchronize(State& state, Sync sync, const Value& object);
  void meet_at_barrier(const Call& call, State& state, bool waits);
  void leave_loop(const Call& call, State& state, const clang::Stmt* loop);
  void check_running(const Call& call, State& state, SiteId end);
  void check_allocating(const Call& call, const State& state, const std::vector<PlaceId>& owners,
                        SiteId end);
  [[nodiscard]] bool still_holds(const State& state, PlaceId object, PlaceId loan) const;

  clang::ASTContext& context_;
  Model& model_;
  Places& places_;
  Bodies& bodies_;
  Recursion recursion_;
  const Settings& settings_;
  EventLog& log_;

  const clang::FunctionDecl* root_ = nullptr;
  std::map<PlaceId, Loan> loans_;
  std::map<PlaceId, unsigned> in_flight_;  // owner -> frames
  // Member -> the member of the same object it refers to, or 0.
  std::map<PlaceId, PlaceId> referents_;
  mutable std::map<const clang::ValueDecl*, unsigned> frames_of_declaration_;
  std::map<PlaceId, std::set<const clang::CXXRecordDecl*>> closures_;
  Callees inlined_;
  std::map<const clang::Stmt*, std::vector<const clang::Expr*>> walked_;  // by loop
  std::set<const clang::CXXRecordDecl*> made_in_frames_;
  std::map<const clang::CXXRecordDecl*, bool> made_outside_;
  std::set<PlaceId> older_;  // variables that were made while no frame was open
  std::map<SiteId, Thread> threads_;
  Thread* thread_ = nullptr;     // while the work of a thread is run
  ChainId thread_chain_ = 0;     // the chain that its body is in
  bool root_on_thread_ = false;  // a thread runs the function that the analysis began in
  std::map<const clang::Type*, bool> guards_;   // whether something may end with it
  std::map<PlaceId, clang::QualType> made_as_;  // the class of what a box or a new expression made
  // What algorithms give the functions that they are called with.
  std::map<const clang::Expr*, clang::OpaqueValueExpr*> elements_;
  // What deleters are given, by the class of the smart pointer.
  std::map<const clang::CXXRecordDecl*, clang::OpaqueValueExpr*> given_up_;
  std::set<PlaceId> tagged_;  // pool and heap memory made under a tag
  unsigned steps_ = 0;
  bool gave_up_ = false;
  bool left_calls_ = false;
  std::size_t spread_ = 1;  // how many functions the virtual calls that are being run lead to
};

}  // namespace fa_check
