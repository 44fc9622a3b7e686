# SPDX-License-Identifier: MIT OR Apache-2.0
# Install rules, the CMake package and the pkg-config file.
#
# Components of `cmake --install --component`: library, headers (with the CMake package, the pkg-config file
# and what debuggers read), modules, tools, analyzer. Without one everything that was built is installed.
# Nothing that is installed names the prefix, so that the folder may be moved.

if(NOT FRAMEALLOC_INSTALL)
  return()
endif()
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(framealloc_package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/framealloc")

install(TARGETS framealloc EXPORT framealloc-targets
  RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}" COMPONENT library
  LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT library NAMELINK_COMPONENT headers
  ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT library
  INCLUDES DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}"
  FILE_SET HEADERS DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}" COMPONENT headers
  FILE_SET tables DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}" COMPONENT headers)
install(EXPORT framealloc-targets NAMESPACE framealloc:: DESTINATION "${framealloc_package_dir}"
  COMPONENT headers)

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
  DESTINATION "${framealloc_package_dir}" COMPONENT headers)

# The level in the .pc file is the one of the configuration that is generated.
file(RELATIVE_PATH framealloc_pc_prefix
  "${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig" "${CMAKE_INSTALL_PREFIX}")
configure_file("${PROJECT_SOURCE_DIR}/cmake/framealloc.pc.in"
  "${PROJECT_BINARY_DIR}/package/framealloc.pc.in" @ONLY)
file(GENERATE OUTPUT "${PROJECT_BINARY_DIR}/package/$<CONFIG>/framealloc.pc"
  INPUT "${PROJECT_BINARY_DIR}/package/framealloc.pc.in")
install(FILES "${PROJECT_BINARY_DIR}/package/$<CONFIG>/framealloc.pc"
  DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig" COMPONENT headers)
install(FILES "${PROJECT_SOURCE_DIR}/LICENSE-MIT" "${PROJECT_SOURCE_DIR}/LICENSE-APACHE"
  DESTINATION "${CMAKE_INSTALL_DOCDIR}" COMPONENT library)

# Programs find a shared library beside the folder that they are in. A distributor whose folders the loader
# knows sets CMAKE_SKIP_INSTALL_RPATH.
file(RELATIVE_PATH framealloc_lib_from_bin "${CMAKE_INSTALL_FULL_BINDIR}" "${CMAKE_INSTALL_FULL_LIBDIR}")
set(framealloc_program_rpath "$ORIGIN/${framealloc_lib_from_bin}")
