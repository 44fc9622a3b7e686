# SPDX-License-Identifier: MIT OR Apache-2.0
# One program per file in examples/.

file(GLOB framealloc_examples CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/examples/*.cpp")
foreach(source IN LISTS framealloc_examples)
  cmake_path(GET source STEM name)
  set(target framealloc_example_${name})
  add_executable(${target} "${source}")
  target_link_libraries(${target} PRIVATE framealloc::framealloc framealloc_warnings)
  set_target_properties(${target} PROPERTIES
    OUTPUT_NAME ${name} RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/examples")
  if(FRAMEALLOC_BUILD_TESTS)
    add_test(NAME example.${name} COMMAND ${target})
    set_tests_properties(example.${name} PROPERTIES LABELS example TIMEOUT 120)
  endif()
endforeach()
