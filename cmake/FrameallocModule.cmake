# SPDX-License-Identifier: MIT OR Apache-2.0
# What every optional module shares: its target, its headers, its place in the installed package.
#
# A module is a folder modules/<group>/<name> with include/framealloc/<name>/*.hpp, src/*.cpp (none for
# a header-only one), tests/*_test.cpp and a CMakeLists.txt that finds what the module needs, says
# framealloc_skip() and returns where it is missing, and else calls framealloc_add_module().

# framealloc_add_module(NAME <name> [LIBRARIES <target...>] [DEPENDENCIES <"package arguments"...>])
#
# Makes framealloc_<name> (alias framealloc::<name>) of the calling folder. LIBRARIES are public.
# DEPENDENCIES are what an installed module's user must find, each as find_dependency() takes it.
function(framealloc_add_module)
  cmake_parse_arguments(arg "" "NAME" "LIBRARIES;DEPENDENCIES" ${ARGN})
  set(target framealloc_${arg_NAME})
  set(include_dir "${CMAKE_CURRENT_SOURCE_DIR}/include")
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS "src/*.cpp")
  file(GLOB_RECURSE headers CONFIGURE_DEPENDS RELATIVE "${include_dir}" "${include_dir}/*.hpp")

  if(sources)
    add_library(${target} STATIC ${sources})
    set(scope PUBLIC)
    target_link_libraries(${target} PRIVATE "$<BUILD_INTERFACE:framealloc_warnings>")
    set_target_properties(${target} PROPERTIES
      VISIBILITY_INLINES_HIDDEN ON CXX_VISIBILITY_PRESET hidden POSITION_INDEPENDENT_CODE ON
      CXX_EXTENSIONS OFF)
  else()
    add_library(${target} INTERFACE)
    set(scope INTERFACE)
  endif()
  add_library(framealloc::${arg_NAME} ALIAS ${target})
  set_target_properties(${target} PROPERTIES EXPORT_NAME ${arg_NAME})
  target_include_directories(${target} ${scope}
    "$<BUILD_INTERFACE:${include_dir}>" "$<INSTALL_INTERFACE:include>")
  target_link_libraries(${target} ${scope} framealloc::framealloc ${arg_LIBRARIES})

  if(FRAMEALLOC_BUILD_TESTS)
    # Each header twice in a unit of its own, as for the core; a few, so they are part of `all`.
    set(units "")
    foreach(header IN LISTS headers)
      string(REGEX REPLACE "[/.]" "_" unit "${header}")
      set(unit "${CMAKE_CURRENT_BINARY_DIR}/headers/${unit}.cpp")
      file(CONFIGURE OUTPUT "${unit}" CONTENT "#include <${header}>\n#include <${header}>\n")
      list(APPEND units "${unit}")
    endforeach()
    add_library(${target}_header_check OBJECT ${units})
    target_link_libraries(${target}_header_check PRIVATE ${target} framealloc_warnings)

    file(GLOB tests CONFIGURE_DEPENDS "tests/*_test.cpp")
    if(tests AND COMMAND framealloc_add_test)
      framealloc_add_test(NAME ${arg_NAME} LABELS unit TIMEOUT 120 SOURCES ${tests}
        LIBRARIES framealloc::${arg_NAME})
    endif()
  endif()

  if(FRAMEALLOC_INSTALL)
    install(TARGETS ${target} EXPORT framealloc-${arg_NAME}-targets
      INCLUDES DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}")
    install(DIRECTORY "${include_dir}/framealloc" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}"
      FILES_MATCHING PATTERN "*.hpp")
    install(EXPORT framealloc-${arg_NAME}-targets NAMESPACE framealloc::
      DESTINATION "${framealloc_package_dir}")
    set(component "")
    foreach(dependency IN LISTS arg_DEPENDENCIES)
      string(APPEND component "find_dependency(${dependency})\n")
    endforeach()
    string(APPEND component
      "include(\"\${CMAKE_CURRENT_LIST_DIR}/framealloc-${arg_NAME}-targets.cmake\")\n")
    set(file "${PROJECT_BINARY_DIR}/package/framealloc-component-${arg_NAME}.cmake")
    file(CONFIGURE OUTPUT "${file}" CONTENT "${component}" @ONLY)
    install(FILES "${file}" DESTINATION "${framealloc_package_dir}")
  endif()
endfunction()
