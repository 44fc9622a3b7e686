// SPDX-License-Identifier: MIT OR Apache-2.0
// Words that tell an analyzer what a function does with frame memory. They are attributes while one
// reads the code (`fa check`, clang-tidy and `clang --analyze` define __clang_analyzer__) and
// nothing in a normal build, where an attribute would keep a copy of every annotated inline
// function in every unit. Code that cannot include this header may write
// [[clang::annotate("framealloc::WORD")]] itself. A wrapper whose body is visible inherits what it
// calls and needs no word.
#pragma once

#if defined(__clang_analyzer__) && defined(__clang__)
#define FRAMEALLOC_ANNOTATE(word) [[clang::annotate("framealloc::" word)]]
#else
#define FRAMEALLOC_ANNOTATE(word)
#endif

// On functions: the result is memory of the current frame, of the thread's own frame.
#define FRAMEALLOC_FRAME FRAMEALLOC_ANNOTATE("frame")
#define FRAMEALLOC_THREAD_FRAME FRAMEALLOC_ANNOTATE("thread_frame")
// On functions: does that, for the allocator that it is called on or given, else for all.
#define FRAMEALLOC_BEGIN_FRAME FRAMEALLOC_ANNOTATE("begin_frame")
#define FRAMEALLOC_END_FRAME FRAMEALLOC_ANNOTATE("end_frame")
#define FRAMEALLOC_BEGIN_THREAD_FRAME FRAMEALLOC_ANNOTATE("begin_thread_frame")
#define FRAMEALLOC_END_THREAD_FRAME FRAMEALLOC_ANNOTATE("end_thread_frame")
// On functions: ends what was made since the checkpoint that is the argument, or since the object
// was made.
#define FRAMEALLOC_REWINDS FRAMEALLOC_ANNOTATE("rewinds")
// On parameters, or on functions for the arguments of their object: kept beyond the call.
#define FRAMEALLOC_RETAINS FRAMEALLOC_ANNOTATE("retains")
// On parameters: not kept.
#define FRAMEALLOC_NOESCAPE FRAMEALLOC_ANNOTATE("noescape")
// On parameters that are called: on another thread, some time; on other threads, done when the call
// returns; later, on this thread.
#define FRAMEALLOC_RUNS_ON_THREAD FRAMEALLOC_ANNOTATE("runs_on_thread")
#define FRAMEALLOC_JOINED FRAMEALLOC_ANNOTATE("joined")
#define FRAMEALLOC_DEFERRED FRAMEALLOC_ANNOTATE("deferred")
// On types, fields and variables: lives no longer than a frame; lives longer.
#define FRAMEALLOC_PER_FRAME FRAMEALLOC_ANNOTATE("per_frame")
#define FRAMEALLOC_LONG_LIVED FRAMEALLOC_ANNOTATE("long_lived")
// On functions: the threads of the frame are done when it returns.
#define FRAMEALLOC_WAITS FRAMEALLOC_ANNOTATE("waits")
// On functions and types: an awaitable or a switch of fibers, across which frame memory must not
// live.
#define FRAMEALLOC_SUSPENDS FRAMEALLOC_ANNOTATE("suspends")
