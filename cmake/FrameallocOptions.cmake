# SPDX-License-Identifier: MIT OR Apache-2.0
# Options, and the build settings that hold only while framealloc is the top-level project.

option(FRAMEALLOC_BUILD_TESTS "Build the tests" ${PROJECT_IS_TOP_LEVEL})
option(FRAMEALLOC_BUILD_TOOLS "Build the programs: fa and its verbs" ${PROJECT_IS_TOP_LEVEL})
option(FRAMEALLOC_BUILD_ANALYZER "With the tools, build fa check, which needs Clang's libraries" ON)
option(FRAMEALLOC_ANALYZER_UNITY "Compile fa check's engine in two pieces: a third of the time, but for any change" OFF)
option(FRAMEALLOC_BUILD_TIDY "With fa check, build its modules for clang-tidy of the versions of LLVM that are there" OFF)
option(FRAMEALLOC_BUILD_MODULES "Build the modules whose libraries are there" ${PROJECT_IS_TOP_LEVEL})
option(FRAMEALLOC_BUILD_BENCHMARKS "Build the benchmarks" ${PROJECT_IS_TOP_LEVEL})
option(FRAMEALLOC_BUILD_EXAMPLES "Build the examples" ${PROJECT_IS_TOP_LEVEL})
option(FRAMEALLOC_BUILD_FUZZERS "Build the fuzz targets (clang's libFuzzer), everything instrumented for them" OFF)
option(FRAMEALLOC_WERROR "Warnings are errors in framealloc's own sources" OFF)
option(FRAMEALLOC_COVERAGE "Instrument for gcov" OFF)
option(FRAMEALLOC_PRECOMPILE "Precompile the headers for framealloc's own sources and tests" ${PROJECT_IS_TOP_LEVEL})
option(FRAMEALLOC_BATCHES "Compile tests and modules several sources at a time: quicker for all of them, slower after a change of one" ${PROJECT_IS_TOP_LEVEL})
option(FRAMEALLOC_DYNAMIC_TLS "No static thread-local storage, for many plugins that are reloaded in turn: slower" OFF)
option(FRAMEALLOC_INSTALL "Install rules and the CMake package" ON)

set(FRAMEALLOC_CHECK_LEVEL AUTO CACHE STRING
  "Checks compiled in: 0 documented errors only, 1 every free verified, 2 invariants; AUTO: 1 in Debug, else 0")
set_property(CACHE FRAMEALLOC_CHECK_LEVEL PROPERTY STRINGS AUTO 0 1 2)
if(NOT FRAMEALLOC_CHECK_LEVEL MATCHES "^(AUTO|0|1|2)$")
  message(FATAL_ERROR "FRAMEALLOC_CHECK_LEVEL is '${FRAMEALLOC_CHECK_LEVEL}': use AUTO, 0, 1 or 2")
endif()

set(FRAMEALLOC_SANITIZE "off" CACHE STRING "Sanitizers: off, thread, or address,undefined")
set_property(CACHE FRAMEALLOC_SANITIZE PROPERTY STRINGS off thread address,undefined)
if(NOT FRAMEALLOC_SANITIZE MATCHES "^(off|OFF|thread|address|undefined|address,undefined)$")
  message(FATAL_ERROR
    "FRAMEALLOC_SANITIZE is '${FRAMEALLOC_SANITIZE}': use off, thread, address,undefined, address or undefined")
endif()

# Prints which part is left out and which Debian package would bring it.
function(framealloc_skip part package)
  message(STATUS "framealloc: ${part} left out: install the package ${package}")
endfunction()

# Compiles `size` of the target's sources at a time, as one. Most of what a source compiles is headers and
# templates that its neighbors need too, so all of a folder's tests take less than half the time. But
# whoever changes one of them compiles its whole batch: six to eight cost about as much as linking does
# afterward, and leave work for two processors.
function(framealloc_batch target size)
  if(FRAMEALLOC_BATCHES AND NOT CMAKE_UNITY_BUILD)
    set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE ${size})
  endif()
endfunction()

# Target that carries our warnings; linked privately, so users never inherit them.
add_library(framealloc_warnings INTERFACE)
if(CMAKE_CXX_COMPILER_ID MATCHES "GNU|Clang" AND NOT CMAKE_CXX_COMPILER_FRONTEND_VARIANT STREQUAL "MSVC")
  # In a batch, what a neighbor has in its unnamed namespace is no name that a local one should avoid.
  set(shadow "$<IF:$<AND:$<CXX_COMPILER_ID:GNU>,$<BOOL:$<TARGET_PROPERTY:UNITY_BUILD>>>,-Wshadow=local,-Wshadow>")
  target_compile_options(framealloc_warnings INTERFACE
    -Wall -Wextra -Wconversion ${shadow} -Wpedantic $<$<BOOL:${FRAMEALLOC_WERROR}>:-Werror>)
elseif(MSVC)
  target_compile_options(framealloc_warnings INTERFACE /W4 $<$<BOOL:${FRAMEALLOC_WERROR}>:/WX>)
endif()

# A project that embeds framealloc without a build type gets what an empty one means.
if(NOT PROJECT_IS_TOP_LEVEL AND NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES
    AND NOT CMAKE_CXX_FLAGS MATCHES "-O[1-9sgf]")
  message(WARNING "framealloc: no build type is set, so it is compiled without optimization, several "
    "times slower than it can be. Set one: -DCMAKE_BUILD_TYPE=Release (or RelWithDebInfo, Debug)")
endif()

# Instrumentation must reach every object of a program, the tests' too, so it is set for the
# directory; a project that embeds framealloc sets its own.
if(PROJECT_IS_TOP_LEVEL)
  if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
    set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "Build type" FORCE)
  endif()
  set(CMAKE_CXX_EXTENSIONS OFF)
  set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

  if(NOT FRAMEALLOC_SANITIZE MATCHES "^(off|OFF)$")
    add_compile_options(-fsanitize=${FRAMEALLOC_SANITIZE} -fno-omit-frame-pointer)
    add_link_options(-fsanitize=${FRAMEALLOC_SANITIZE})
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
      # GCC's manual: its flow analysis takes instrumented code for uses of uninitialized variables.
      add_compile_options(-Wno-maybe-uninitialized)
    endif()
    if(FRAMEALLOC_SANITIZE MATCHES "undefined")
      add_compile_options(-fno-sanitize-recover=undefined)
    endif()
  endif()
  if(FRAMEALLOC_BUILD_FUZZERS)
    add_compile_options(-fsanitize=fuzzer-no-link)
  endif()
  if(FRAMEALLOC_COVERAGE)
    add_compile_options(--coverage -fprofile-update=atomic)
    add_link_options(--coverage)
  endif()

  find_program(FRAMEALLOC_CCACHE ccache DOC "Compiler cache, used when present")
  mark_as_advanced(FRAMEALLOC_CCACHE)
  if(FRAMEALLOC_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
    # The sloppiness is what ccache asks for so that it can cache users of a precompiled header.
    set(CMAKE_CXX_COMPILER_LAUNCHER
      "${CMAKE_COMMAND}" -E env "CCACHE_SLOPPINESS=pch_defines,time_macros" "${FRAMEALLOC_CCACHE}")
  endif()
endif()
