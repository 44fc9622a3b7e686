// SPDX-License-Identifier: MIT OR Apache-2.0
#include "common/output.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace {

namespace fs = std::filesystem;
using namespace fa_tools;

TEST(Output, SaysWhyAFileCannotBeWritten) {
  EXPECT_EQ(write_file("/dev/full", "text"),
            "/dev/full cannot be written: No space left on device");
  EXPECT_EQ(write_file("/no/such/folder/x", ""),
            "/no/such/folder/x cannot be written: No such file or directory");
}

TEST(Output, KnowsAFileThroughLinks) {
  std::string path = (fs::temp_directory_path() / "fa-output-XXXXXX").string();
  const fs::path folder = ::mkdtemp(path.data());
  const std::string file = (folder / "file").string();
  ASSERT_EQ(write_file(file, "text"), "");
  fs::create_symlink(folder / "file", folder / "symbolic");
  fs::create_hard_link(folder / "file", folder / "hard");
  std::ofstream(folder / "other") << "text";
  EXPECT_TRUE(same_file(file, (folder / "symbolic").string()));
  EXPECT_TRUE(same_file(file, (folder / "hard").string()));
  EXPECT_TRUE(same_file(file, (folder / "." / "file").string()));
  EXPECT_FALSE(same_file(file, (folder / "other").string()));
  EXPECT_FALSE(same_file(file, (folder / "none").string()));
  fs::remove_all(folder);
}

}  // namespace
