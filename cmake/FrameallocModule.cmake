# SPDX-License-Identifier: MIT OR Apache-2.0
# What every optional module shares: its target, its headers, its place in the installed package.
#
# A module is a row of modules/modules.txt and a folder with include/framealloc/<name>/*.hpp (its umbrella
# may be include/framealloc/<name>.hpp), src/**/*.cpp (none for a header-only one; they name its headers
# in src/ from there), tests/**/*_test.cpp (those in tests/property/ use RapidCheck), and a CMakeLists.txt
# that finds what the module needs, says framealloc_skip() and returns where it is missing, and else
# calls framealloc_add_module().

set(FRAMEALLOC_MODULES_LIST "${PROJECT_SOURCE_DIR}/modules/modules.txt" CACHE FILEPATH
  "The list of modules to build: modules.txt, or one of yours in its format")
mark_as_advanced(FRAMEALLOC_MODULES_LIST)

# Reads a list of modules. Sets framealloc_modules (names, in order), framealloc_modules_with_threads,
# framealloc_modules_dir, and for each framealloc_module_<name>_folder and _stands_on.
function(framealloc_read_modules list)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${list}")
  file(STRINGS "${list}" rows REGEX "^[^#]")
  set(names "")
  set(with_threads "")
  foreach(row IN LISTS rows)
    string(REGEX MATCHALL "[^ \t]+" fields "${row}")
    list(LENGTH fields count)
    if(count LESS 3)
      message(FATAL_ERROR "${list}: '${row}' does not name module, folder and what it stands on")
    endif()
    list(GET fields 0 name)
    list(GET fields 1 folder)
    list(GET fields 2 below)
    string(REPLACE "+" ";" below "${below}")
    list(REMOVE_ITEM below "-")
    foreach(other IN LISTS below)
      if(NOT other IN_LIST names)
        message(FATAL_ERROR "${list}: ${name} stands on '${other}', which no row above it names")
      endif()
    endforeach()
    list(APPEND names ${name})
    if("threads" IN_LIST fields)
      list(APPEND with_threads ${name})
    endif()
    set(framealloc_module_${name}_folder "${folder}" PARENT_SCOPE)
    set(framealloc_module_${name}_stands_on "${below}" PARENT_SCOPE)
  endforeach()
  cmake_path(GET list PARENT_PATH dir)
  set(framealloc_modules_dir "${dir}" PARENT_SCOPE)
  set(framealloc_modules "${names}" PARENT_SCOPE)
  set(framealloc_modules_with_threads "${with_threads}" PARENT_SCOPE)
endfunction()

# framealloc_add_module(NAME <name> [OBJECT] [LIBRARIES <target...>]
#                       [DEPENDENCIES <"package arguments"...>] [BATCH <number>] [TEST_BATCH <number>])
#
# Makes framealloc_<name> (alias framealloc::<name>) of the calling folder, on the core and on what
# modules.txt says that it stands on. LIBRARIES are public. OBJECT: its objects go into whatever links
# it, asked for or not.
# DEPENDENCIES are what an installed module's user must find, each as find_dependency() takes it.
# TEST_BATCH: so many of its tests' sources are compiled as one (framealloc_batch()). BATCH: the same of its
# own sources, under the sanitizers; elsewhere each is alone, which shows that it includes what it uses.
function(framealloc_add_module)
  cmake_parse_arguments(arg "OBJECT" "NAME;BATCH;TEST_BATCH" "LIBRARIES;DEPENDENCIES" ${ARGN})
  set(target framealloc_${arg_NAME})
  set(kind STATIC)
  if(arg_OBJECT)
    set(kind OBJECT)
  endif()
  if(NOT arg_NAME IN_LIST framealloc_modules)
    message(FATAL_ERROR "the module ${arg_NAME} has no row in ${FRAMEALLOC_MODULES_LIST}")
  endif()
  set(stands_on "${framealloc_module_${arg_NAME}_stands_on}")
  set(include_dir "${CMAKE_CURRENT_SOURCE_DIR}/include")
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS "src/*.cpp")
  file(GLOB_RECURSE headers CONFIGURE_DEPENDS "${include_dir}/*.hpp")

  if(sources)
    add_library(${target} ${kind} ${sources})
    set(scope PUBLIC)
    target_link_libraries(${target} PRIVATE "$<BUILD_INTERFACE:framealloc_warnings>")
    target_include_directories(${target} PRIVATE "${CMAKE_CURRENT_SOURCE_DIR}/src")
    set_target_properties(${target} PROPERTIES
      VISIBILITY_INLINES_HIDDEN ON CXX_VISIBILITY_PRESET hidden POSITION_INDEPENDENT_CODE ON
      CXX_EXTENSIONS OFF)
    if(arg_BATCH AND NOT FRAMEALLOC_SANITIZE MATCHES "^(off|OFF)$")
      framealloc_batch(${target} ${arg_BATCH})
    endif()
  else()
    add_library(${target} INTERFACE)
    set(scope INTERFACE)
  endif()
  add_library(framealloc::${arg_NAME} ALIAS ${target})
  set_target_properties(${target} PROPERTIES EXPORT_NAME ${arg_NAME})
  target_include_directories(${target} ${scope}
    "$<BUILD_INTERFACE:${include_dir}>" "$<INSTALL_INTERFACE:include>")
  list(TRANSFORM stands_on PREPEND framealloc:: OUTPUT_VARIABLE below)
  target_link_libraries(${target} ${scope} framealloc::framealloc ${below} ${arg_LIBRARIES})
  set(install_headers "")
  if(headers)
    target_sources(${target} ${scope} FILE_SET HEADERS BASE_DIRS "${include_dir}" FILES ${headers})
    set(install_headers FILE_SET HEADERS DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}" COMPONENT modules)
  endif()

  if(FRAMEALLOC_BUILD_TESTS AND headers)
    # Each header twice in a unit of its own, as for the core; a few, so they are part of `all`.
    set(units "")
    foreach(header IN LISTS headers)
      cmake_path(RELATIVE_PATH header BASE_DIRECTORY "${include_dir}")
      string(REGEX REPLACE "[/.]" "_" unit "${header}")
      set(unit "${CMAKE_CURRENT_BINARY_DIR}/headers/${unit}.cpp")
      file(CONFIGURE OUTPUT "${unit}" CONTENT "#include <${header}>\n#include <${header}>\n")
      list(APPEND units "${unit}")
    endforeach()
    add_library(${target}_header_check OBJECT ${units})
    target_link_libraries(${target}_header_check PRIVATE ${target} framealloc_warnings)
  endif()
  if(FRAMEALLOC_BUILD_TESTS)
    file(GLOB tests CONFIGURE_DEPENDS "tests/*_test.cpp" "tests/*/*_test.cpp")
    set(properties ${tests})
    list(FILTER properties INCLUDE REGEX "/property/")
    list(FILTER tests EXCLUDE REGEX "/property/")
    # Properties have one thread, and ThreadSanitizer nothing to see. tests/ says where RapidCheck is missing.
    if(properties AND COMMAND framealloc_add_test AND TARGET rapidcheck
        AND NOT FRAMEALLOC_SANITIZE STREQUAL "thread")
      framealloc_add_test(NAME ${arg_NAME}_property LABELS property TIMEOUT 180 SOURCES ${properties}
        LIBRARIES framealloc::${arg_NAME} rapidcheck)
    endif()
    if(tests AND COMMAND framealloc_add_test)
      framealloc_add_test(NAME ${arg_NAME} LABELS unit TIMEOUT 120 SOURCES ${tests}
        LIBRARIES framealloc::${arg_NAME} BATCH ${arg_TEST_BATCH})
      # Parts that are not installed are tested too.
      target_include_directories(framealloc_test_${arg_NAME} PRIVATE "${CMAKE_CURRENT_SOURCE_DIR}/src")
    endif()
  endif()

  if(FRAMEALLOC_INSTALL)
    install(TARGETS ${target} EXPORT framealloc-${arg_NAME}-targets
      ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT modules
      OBJECTS DESTINATION "${CMAKE_INSTALL_LIBDIR}/framealloc" COMPONENT modules
      INCLUDES DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}"
      ${install_headers})
    install(EXPORT framealloc-${arg_NAME}-targets NAMESPACE framealloc::
      DESTINATION "${framealloc_package_dir}" COMPONENT modules)
    # What it stands on comes along, whether or not it was asked for.
    set(component "")
    foreach(name IN LISTS stands_on)
      string(APPEND component
        "if(NOT TARGET framealloc::${name})\n"
        "  include(\"\${CMAKE_CURRENT_LIST_DIR}/framealloc-component-${name}.cmake\")\n"
        "endif()\n"
        "if(NOT TARGET framealloc::${name})\n  return()\nendif()\n")
    endforeach()
    foreach(dependency IN LISTS arg_DEPENDENCIES)
      string(APPEND component "find_dependency(${dependency})\n")
    endforeach()
    string(APPEND component
      "include(\"\${CMAKE_CURRENT_LIST_DIR}/framealloc-${arg_NAME}-targets.cmake\")\n"
      "set(framealloc_${arg_NAME}_FOUND TRUE)\n")
    set(file "${PROJECT_BINARY_DIR}/package/framealloc-component-${arg_NAME}.cmake")
    file(CONFIGURE OUTPUT "${file}" CONTENT "${component}" @ONLY)
    install(FILES "${file}" DESTINATION "${framealloc_package_dir}" COMPONENT modules)
  endif()
endfunction()
