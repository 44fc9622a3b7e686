# SPDX-License-Identifier: MIT OR Apache-2.0
# Configures, builds and runs one consumer project from nothing. Variables: see CMakeLists.txt.

function(run)
  execute_process(COMMAND ${ARGV} COMMAND_ECHO STDOUT RESULT_VARIABLE code)
  if(NOT code EQUAL 0)
    list(JOIN ARGV " " line)
    message(FATAL_ERROR "exit code ${code}: ${line}")
  endif()
endfunction()

file(REMOVE_RECURSE "${WORK}")
file(MAKE_DIRECTORY "${WORK}")

# The user builds with the other configuration than the library: the package must pass on what the
# library was built with.
if(CONFIG STREQUAL "Debug")
  set(user_config Release)
else()
  set(user_config Debug)
endif()

string(REPLACE "|" ";" arguments "${ARGUMENTS}")
# It only has to work, so nothing is optimized.
set(configure -G "${GENERATOR}" -DCMAKE_BUILD_TYPE=${user_config} ${arguments}
  "-DCMAKE_CXX_FLAGS_RELEASE=-O0 -DNDEBUG" "-DCMAKE_CXX_FLAGS_DEBUG=-O0")
if(NOT ARGUMENTS MATCHES "CMAKE_TOOLCHAIN_FILE")
  list(APPEND configure "-DCMAKE_CXX_COMPILER=${COMPILER}")
endif()
if(LAUNCHER)
  string(REPLACE ";" "\\;" launcher "${LAUNCHER}")
  list(APPEND configure "-DCMAKE_CXX_COMPILER_LAUNCHER=${launcher}")
endif()

if(PROJECT MATCHES "/subdirectory$")
  # Engines compile many sources as one; that the library bears it saves most of the time here.
  list(APPEND configure "-DFRAMEALLOC_ROOT_DIR=${SOURCE}"
    -DCMAKE_UNITY_BUILD=ON -DCMAKE_UNITY_BUILD_BATCH_SIZE=0)
else()
  run("${CMAKE_COMMAND}" --install "${BUILD}" --config "${CONFIG}" --prefix "${WORK}/prefix")
  list(APPEND configure "-DCMAKE_PREFIX_PATH=${WORK}/prefix")
endif()

# Configures, builds and runs one project; ARGN are arguments beside those in `configure`, whose
# semicolons would not survive being passed.
function(try project build)
  run("${CMAKE_COMMAND}" -S "${project}" -B "${build}" ${configure} ${ARGN})
  run("${CMAKE_COMMAND}" --build "${build}" --config ${user_config})
  find_program(consumer NAMES consumer PATHS "${build}" "${build}/${user_config}"
    NO_DEFAULT_PATH NO_CACHE REQUIRED)
  run("${consumer}")
  find_program(reload NAMES reload PATHS "${build}" "${build}/${user_config}" NO_DEFAULT_PATH NO_CACHE)
  if(reload)
    run("${reload}")
  endif()
endfunction()

try("${PROJECT}" "${WORK}/build")
if(ARGUMENTS MATCHES "FRAMEALLOC_MODULES_LIST=([^|]*)/modules.txt")
  set(components "${CMAKE_MATCH_1}")
  run("${CMAKE_COMMAND}" --install "${WORK}/build" --config ${user_config} --prefix "${WORK}/prefix")
  try("${components}" "${WORK}/components" "-DCMAKE_PREFIX_PATH=${WORK}/prefix")
endif()
# The project that strangers copy, on the two components that a program needs, in a folder that was moved
# after installing.
if(PROJECT MATCHES "/package$" AND ARGUMENTS STREQUAL "")
  foreach(component IN ITEMS library headers)
    run("${CMAKE_COMMAND}" --install "${BUILD}" --config "${CONFIG}" --prefix "${WORK}/parts"
      --component ${component})
  endforeach()
  file(GLOB other "${WORK}/parts/bin/*" "${WORK}/parts/lib/cmake/framealloc/framealloc-component-*"
    "${WORK}/parts/include/framealloc/gpu*")
  if(other)
    message(FATAL_ERROR "not of the components library and headers: ${other}")
  endif()
  file(RENAME "${WORK}/parts" "${WORK}/moved")
  file(GLOB_RECURSE texts "${WORK}/moved/*.cmake" "${WORK}/moved/*.pc")
  foreach(text IN LISTS texts)
    file(READ "${text}" content)
    if(content MATCHES "${WORK}/parts")
      message(FATAL_ERROR "${text} names the folder that it was installed to")
    endif()
  endforeach()
  run("${CMAKE_COMMAND}" -S "${SOURCE}/examples/own_project" -B "${WORK}/own_project" ${configure}
    "-DCMAKE_PREFIX_PATH=${WORK}/moved")
  run("${CMAKE_COMMAND}" --build "${WORK}/own_project" --config ${user_config})
  find_program(my_game NAMES my_game PATHS "${WORK}/own_project" "${WORK}/own_project/${user_config}"
    NO_DEFAULT_PATH NO_CACHE REQUIRED)
  execute_process(COMMAND "${my_game}" OUTPUT_VARIABLE output COMMAND_ERROR_IS_FATAL ANY)
  file(READ "${SOURCE}/examples/expected/01_hello_framealloc.txt" expected)
  if(NOT output STREQUAL expected)
    message(FATAL_ERROR "my_game wrote\n${output}")
  endif()
endif()
# The other two ways of the README, with the shared library; those of the static one are tests of their
# own, which install what the whole build has made.
if(ARGUMENTS MATCHES "BUILD_SHARED_LIBS=ON")
  file(GLOB_RECURSE archives "${WORK}/prefix/*/libframealloc.a")
  file(GLOB_RECURSE shared "${WORK}/prefix/*/libframealloc.so")
  if(archives OR NOT shared)
    message(FATAL_ERROR "${WORK}/prefix has no shared library, or a static one beside it")
  endif()
  cmake_path(GET PROJECT PARENT_PATH projects)
  try("${projects}/package" "${WORK}/package" "-DCMAKE_PREFIX_PATH=${WORK}/prefix")
  if(PKG_CONFIG)
    try("${projects}/pkg_config" "${WORK}/pkg_config" "-DCMAKE_PREFIX_PATH=${WORK}/prefix"
      "-DPKG_CONFIG=${PKG_CONFIG}")
  endif()
endif()
