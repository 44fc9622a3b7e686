# SPDX-License-Identifier: MIT OR Apache-2.0
"""Conan 2: conan create packaging/conan. The library and its headers; modules with -o framealloc/*:modules=True."""
import os

from conan import ConanFile
from conan.errors import ConanInvalidConfiguration
from conan.tools.build import check_min_cppstd
from conan.tools.cmake import CMake, CMakeToolchain, cmake_layout
from conan.tools.files import copy


class Framealloc(ConanFile):
    name = "framealloc"
    version = "0.2.0"
    description = "Memory with known lifetimes, for C++20 games and real-time programs"
    license = "MIT OR Apache-2.0"
    package_type = "library"
    settings = "os", "compiler", "build_type", "arch"
    options = {"shared": [True, False], "fPIC": [True, False], "modules": [True, False]}
    default_options = {"shared": False, "fPIC": True, "modules": False}

    def export_sources(self):
        root = os.path.join(self.recipe_folder, "..", "..")
        for part in ("CMakeLists.txt", "LICENSE-*", "cmake/*", "include/*", "src/*", "modules/*", "debuggers/*"):
            copy(self, part, root, self.export_sources_folder)

    def validate(self):
        check_min_cppstd(self, 20)
        if self.settings.os != "Linux":
            raise ConanInvalidConfiguration("framealloc runs on Linux only so far")

    def layout(self):
        cmake_layout(self)

    def generate(self):
        tool = CMakeToolchain(self)
        for part in ("TESTS", "TOOLS", "BENCHMARKS", "EXAMPLES"):
            tool.cache_variables[f"FRAMEALLOC_BUILD_{part}"] = False
        tool.cache_variables["FRAMEALLOC_BUILD_MODULES"] = bool(self.options.modules)
        tool.generate()

    def build(self):
        cmake = CMake(self)
        cmake.configure()
        cmake.build()

    def package(self):
        copy(self, "LICENSE-*", self.source_folder, os.path.join(self.package_folder, "licenses"))
        CMake(self).install()

    def package_info(self):
        # The package's own CMake files say what a program needs, the check level included.
        self.cpp_info.set_property("cmake_find_mode", "none")
        self.cpp_info.builddirs.append(os.path.join("lib", "cmake", "framealloc"))
        self.cpp_info.libs = ["framealloc"]
        self.cpp_info.system_libs = ["pthread"]
