# SPDX-License-Identifier: MIT OR Apache-2.0
# One program per file in examples/. Those that need modules name them here. What a program with a
# file in examples/expected/ writes is compared with it.
set(framealloc_example_gpu_staging_modules coordinator)

file(GLOB framealloc_examples CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/examples/*.cpp")
foreach(source IN LISTS framealloc_examples)
  cmake_path(GET source STEM name)
  if(name STREQUAL "gpu_particles")
    continue()  # modules/gpu/vulkan/CMakeLists.txt builds it, where there is a device to run it on
  endif()
  set(target framealloc_example_${name})
  list(TRANSFORM framealloc_example_${name}_modules PREPEND framealloc:: OUTPUT_VARIABLE modules)
  set(missing "")
  foreach(module IN LISTS modules)
    if(NOT TARGET ${module})
      list(APPEND missing ${module})
    endif()
  endforeach()
  if(missing)
    list(JOIN missing ", " missing)
    message(STATUS "framealloc: the example ${name} left out: it needs ${missing}")
    continue()
  endif()
  add_executable(${target} "${source}")
  target_link_libraries(${target} PRIVATE framealloc::framealloc ${modules} framealloc_warnings)
  set_target_properties(${target} PROPERTIES
    OUTPUT_NAME ${name} RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/examples")
  if(FRAMEALLOC_BUILD_TESTS)
    set(expected "${PROJECT_SOURCE_DIR}/examples/expected/${name}.txt")
    if(EXISTS "${expected}")
      add_test(NAME example.${name} COMMAND "${CMAKE_COMMAND}" "-DPROGRAM=$<TARGET_FILE:${target}>"
        "-DEXPECTED=${expected}" -P "${PROJECT_SOURCE_DIR}/cmake/CompareOutput.cmake")
    else()
      add_test(NAME example.${name} COMMAND ${target})
    endif()
    set_tests_properties(example.${name} PROPERTIES LABELS example TIMEOUT 120)
  endif()
endforeach()
