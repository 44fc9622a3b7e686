# SPDX-License-Identifier: MIT OR Apache-2.0
# An overlay port: vcpkg install framealloc --overlay-ports=packaging/vcpkg. It builds the sources that it lies in.
set(SOURCE_PATH "${CMAKE_CURRENT_LIST_DIR}/../../..")
vcpkg_check_features(OUT_FEATURE_OPTIONS options FEATURES modules FRAMEALLOC_BUILD_MODULES)
vcpkg_cmake_configure(SOURCE_PATH "${SOURCE_PATH}" OPTIONS
  -DFRAMEALLOC_BUILD_TESTS=OFF -DFRAMEALLOC_BUILD_TOOLS=OFF -DFRAMEALLOC_BUILD_BENCHMARKS=OFF
  -DFRAMEALLOC_BUILD_EXAMPLES=OFF ${options})
vcpkg_cmake_install()
vcpkg_cmake_config_fixup(CONFIG_PATH lib/cmake/framealloc)
vcpkg_fixup_pkgconfig()
file(REMOVE_RECURSE "${CURRENT_PACKAGES_DIR}/debug/include" "${CURRENT_PACKAGES_DIR}/debug/share")
vcpkg_install_copyright(FILE_LIST "${SOURCE_PATH}/LICENSE-MIT" "${SOURCE_PATH}/LICENSE-APACHE")
