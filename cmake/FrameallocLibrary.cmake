# SPDX-License-Identifier: MIT OR Apache-2.0
# The library target. The core needs a C++20 compiler and threads, and nothing else.

set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)

# src/os holds one folder per platform; exactly one of them is compiled.
string(TOLOWER "${CMAKE_SYSTEM_NAME}" framealloc_platform)
if(NOT IS_DIRECTORY "${PROJECT_SOURCE_DIR}/src/os/${framealloc_platform}")
  message(FATAL_ERROR
    "framealloc has no source for the platform '${CMAKE_SYSTEM_NAME}': "
    "add the folder src/os/${framealloc_platform} (see the headers of os/ for what it implements)")
endif()
file(GLOB framealloc_sources CONFIGURE_DEPENDS
  "${PROJECT_SOURCE_DIR}/src/*/*.cpp"
  "${PROJECT_SOURCE_DIR}/src/os/${framealloc_platform}/*.cpp")
file(GLOB_RECURSE framealloc_headers CONFIGURE_DEPENDS
  "${PROJECT_SOURCE_DIR}/include/framealloc/*.hpp")
file(GLOB_RECURSE framealloc_tables CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/include/framealloc/*.def")

# Everything that every way of compiling the sources shares. STATIC: for what is not a shared library.
function(framealloc_configure_target target)
  cmake_parse_arguments(PARSE_ARGV 1 arg "STATIC" "" "")
  target_compile_features(${target} PUBLIC cxx_std_20)
  target_include_directories(${target} PUBLIC
    "$<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>" "$<INSTALL_INTERFACE:include>")
  # Headers that are not installed.
  target_include_directories(${target} PRIVATE "${PROJECT_SOURCE_DIR}/src")
  target_link_libraries(${target} PUBLIC Threads::Threads)
  target_link_libraries(${target} PRIVATE "$<BUILD_INTERFACE:framealloc_warnings>")
  # The sources are not held to the warnings of a project that embeds them; the headers pass them.
  if(NOT PROJECT_IS_TOP_LEVEL AND NOT FRAMEALLOC_WERROR AND CMAKE_CXX_COMPILER_ID MATCHES "GNU|Clang")
    target_compile_options(${target} PRIVATE -w)
  endif()
  set_target_properties(${target} PROPERTIES
    VISIBILITY_INLINES_HIDDEN ON POSITION_INDEPENDENT_CODE ON CXX_EXTENSIONS OFF)
  if(FRAMEALLOC_DYNAMIC_TLS)
    target_compile_definitions(${target} PUBLIC FRAMEALLOC_DYNAMIC_TLS)
  endif()
  # Templates of the standard library leave unique symbols in what g++ compiles, and a plugin in which
  # one of them was found first would never be unloaded.
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(${target} PRIVATE -fno-gnu-unique)
  endif()
  # A library exports what FRAMEALLOC_API marks: what users call, and what inline code of the headers
  # calls. Nobody may replace it, so calls inside a shared library stay direct. In a static library
  # nothing leaves the object that it is linked into; a program whose plugins share one allocator uses
  # the shared library.
  set_target_properties(${target} PROPERTIES CXX_VISIBILITY_PRESET hidden)
  if(arg_STATIC)
    target_compile_definitions(${target} PRIVATE FRAMEALLOC_BUILDS_STATIC)
  elseif(CMAKE_CXX_COMPILER_ID MATCHES "GNU|Clang")
    target_compile_options(${target} PRIVATE -fno-semantic-interposition)
  endif()
endfunction()

# The check level is part of the interface: a user compiled with another level would disagree with
# the library about layouts. In the build tree AUTO follows the configuration; the installed package
# names the level that the library was really built with, whatever its user's configuration is.
set(framealloc_auto_level "$<IF:$<CONFIG:Debug>,1,0>")
if(NOT FRAMEALLOC_CHECK_LEVEL STREQUAL "AUTO")
  set(framealloc_build_level "${FRAMEALLOC_CHECK_LEVEL}")
  set(framealloc_install_level "${FRAMEALLOC_CHECK_LEVEL}")
else()
  set(framealloc_build_level "${framealloc_auto_level}")
  if(CMAKE_CONFIGURATION_TYPES)
    set(framealloc_install_level "${framealloc_auto_level}")
  elseif(CMAKE_BUILD_TYPE STREQUAL "Debug")
    set(framealloc_install_level 1)
  else()
    set(framealloc_install_level 0)
  endif()
endif()

add_library(framealloc ${framealloc_sources})
target_sources(framealloc
  PUBLIC FILE_SET HEADERS BASE_DIRS "${PROJECT_SOURCE_DIR}/include" FILES ${framealloc_headers}
  PUBLIC FILE_SET tables TYPE HEADERS BASE_DIRS "${PROJECT_SOURCE_DIR}/include" FILES ${framealloc_tables})
add_library(framealloc::framealloc ALIAS framealloc)
set(framealloc_kind STATIC)
if(BUILD_SHARED_LIBS)
  set(framealloc_kind "")
endif()
framealloc_configure_target(framealloc ${framealloc_kind})
target_compile_definitions(framealloc PUBLIC
  "$<BUILD_INTERFACE:FRAMEALLOC_CHECK_LEVEL=${framealloc_build_level}>"
  "$<INSTALL_INTERFACE:FRAMEALLOC_CHECK_LEVEL=${framealloc_install_level}>")
# With sanitizers the tests compile in half the time without optimization; the library, which they
# run in, stays quick.
if(PROJECT_IS_TOP_LEVEL AND NOT FRAMEALLOC_SANITIZE MATCHES "^(off|OFF)$")
  target_compile_options(framealloc PRIVATE -O1)
endif()
# Half of what a source compiles is the headers. That each source includes what it uses is shown by
# framealloc_alone, which compiles all of them without this.
if(FRAMEALLOC_PRECOMPILE)
  target_precompile_headers(framealloc PRIVATE <framealloc/framealloc.hpp>)
endif()
set_target_properties(framealloc PROPERTIES
  LINKER_LANGUAGE CXX
  VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})
