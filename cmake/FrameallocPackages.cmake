# SPDX-License-Identifier: MIT OR Apache-2.0
# What CPack makes of the components: Debian packages, split as Debian splits a library (./dev package).
#
#   libframealloc0      the shared library
#   libframealloc-dev   headers, CMake package, pkg-config file, and the modules, which are static libraries
#   framealloc-tools    fa and its verbs, their manual pages and completions
#   framealloc-clang    fa check, which needs LLVM's libraries of one version
set(CPACK_PACKAGE_NAME framealloc)
set(CPACK_PACKAGE_VENDOR framealloc)
set(CPACK_PACKAGE_CONTACT "The framealloc developers <framealloc@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_DESCRIPTION}")
set(CPACK_RESOURCE_FILE_LICENSE "${PROJECT_SOURCE_DIR}/LICENSE-MIT")
set(CPACK_PACKAGE_DIRECTORY "${PROJECT_BINARY_DIR}/packages")
set(CPACK_GENERATOR DEB)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
  OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)

set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_COMPONENTS_GROUPING ONE_PER_GROUP)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION libs)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
# What programs need of other packages is read from them; our own library is named below.
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS_PRIVATE_DIRS "${PROJECT_BINARY_DIR}")

set(own "libframealloc0 (= ${PROJECT_VERSION})")
set(CPACK_DEBIAN_RUNTIME_PACKAGE_NAME libframealloc0)
set(CPACK_DEBIAN_RUNTIME_DESCRIPTION "Memory with known lifetimes: the shared library")
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME libframealloc-dev)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS "${own}")
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SUGGESTS "cmake, pkg-config, framealloc-tools (= ${PROJECT_VERSION})")
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SHLIBDEPS OFF)
set(CPACK_DEBIAN_DEVELOPMENT_DESCRIPTION "Memory with known lifetimes: headers and modules")
set(CPACK_DEBIAN_TOOLS_PACKAGE_NAME framealloc-tools)
set(CPACK_DEBIAN_TOOLS_PACKAGE_SECTION devel)
set(CPACK_DEBIAN_TOOLS_PACKAGE_DEPENDS "${own}")
set(CPACK_DEBIAN_TOOLS_PACKAGE_RECOMMENDS "framealloc-clang (= ${PROJECT_VERSION})")
set(CPACK_DEBIAN_TOOLS_DESCRIPTION "Memory with known lifetimes: fa, its demo, insight and reports")
set(CPACK_DEBIAN_CLANG_PACKAGE_NAME framealloc-clang)
set(CPACK_DEBIAN_CLANG_PACKAGE_SECTION devel)
# Clang's own headers, which sources are read with.
set(CPACK_DEBIAN_CLANG_PACKAGE_DEPENDS "${own}, libclang-common-19-dev")
set(CPACK_DEBIAN_CLANG_PACKAGE_RECOMMENDS "framealloc-tools (= ${PROJECT_VERSION})")
set(CPACK_DEBIAN_CLANG_PACKAGE_SUGGESTS "clang-tidy-19 | clang-tidy-22")  # its modules are loaded into them
set(CPACK_DEBIAN_CLANG_DESCRIPTION "Memory with known lifetimes: fa check, which reads sources")

include(CPack)
set(pairs library=runtime headers=development)
foreach(pair IN ITEMS framealloc_gpu=modules=development fa=tools=tools fa-check=analyzer=clang)
  string(REGEX MATCH "^([^=]*)=(.*)" pair "${pair}")
  if(TARGET ${CMAKE_MATCH_1})  # what was not built has no package
    list(APPEND pairs ${CMAKE_MATCH_2})
  endif()
endforeach()
foreach(pair IN LISTS pairs)
  string(REGEX MATCH "(.*)=(.*)" pair "${pair}")
  cpack_add_component_group(${CMAKE_MATCH_2})
  cpack_add_component(${CMAKE_MATCH_1} GROUP ${CMAKE_MATCH_2})
endforeach()
