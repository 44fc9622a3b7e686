# SPDX-License-Identifier: MIT OR Apache-2.0
# Install rules, the CMake package and the pkg-config file.

if(NOT FRAMEALLOC_INSTALL)
  return()
endif()
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(framealloc_package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/framealloc")

install(TARGETS framealloc EXPORT framealloc-targets
  INCLUDES DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}"
  FILE_SET HEADERS DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}"
  FILE_SET tables DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}")
install(EXPORT framealloc-targets NAMESPACE framealloc:: DESTINATION "${framealloc_package_dir}")

configure_package_config_file(
  "${PROJECT_SOURCE_DIR}/cmake/framealloc-config.cmake.in"
  "${PROJECT_BINARY_DIR}/package/framealloc-config.cmake"
  INSTALL_DESTINATION "${framealloc_package_dir}")
# Before 1.0 a minor version may change the interface, so only the same minor version fits.
write_basic_package_version_file(
  "${PROJECT_BINARY_DIR}/package/framealloc-config-version.cmake"
  COMPATIBILITY SameMinorVersion)
install(FILES
  "${PROJECT_BINARY_DIR}/package/framealloc-config.cmake"
  "${PROJECT_BINARY_DIR}/package/framealloc-config-version.cmake"
  DESTINATION "${framealloc_package_dir}")

# The level in the .pc file is the one of the configuration that is generated.
file(RELATIVE_PATH framealloc_pc_prefix
  "${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig" "${CMAKE_INSTALL_PREFIX}")
configure_file("${PROJECT_SOURCE_DIR}/cmake/framealloc.pc.in"
  "${PROJECT_BINARY_DIR}/package/framealloc.pc.in" @ONLY)
file(GENERATE OUTPUT "${PROJECT_BINARY_DIR}/package/$<CONFIG>/framealloc.pc"
  INPUT "${PROJECT_BINARY_DIR}/package/framealloc.pc.in")
install(FILES "${PROJECT_BINARY_DIR}/package/$<CONFIG>/framealloc.pc"
  DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
install(FILES "${PROJECT_SOURCE_DIR}/LICENSE-MIT" "${PROJECT_SOURCE_DIR}/LICENSE-APACHE"
  DESTINATION "${CMAKE_INSTALL_DOCDIR}")
