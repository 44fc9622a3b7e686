// SPDX-License-Identifier: MIT OR Apache-2.0
// fa export gpu, as a user runs it.
#include "support/device_maps.hpp"
#include "support/xml_check.hpp"
#include "test_support/program.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;
using fa_test::Outcome;
using framealloc::DeviceMap;
using framealloc::testing::DeviceMapMaker;
using framealloc::testing::XmlCheck;

class ExportPicture : public testing::Test {
 protected:
  ExportPicture() {
    std::string path = (fs::temp_directory_path() / "fa-picture-XXXXXX").string();
    folder_ = ::mkdtemp(path.data());
    map_ = (folder_ / "gpu.json").string();
    std::ofstream(map_) << DeviceMapMaker::make(20).to_json();
  }
  ~ExportPicture() override { fs::remove_all(folder_); }
  static Outcome run(const std::vector<std::string>& arguments) {
    return fa_test::run_program(FA_EXPORT_PROGRAM, arguments);
  }
  static std::string text_of(const fs::path& path) {
    std::ostringstream text;
    text << std::ifstream(path, std::ios::binary).rdbuf();
    return text.str();
  }

  fs::path folder_;
  std::string map_;
};

TEST_F(ExportPicture, DrawsWhatTheLibraryWrote) {
  const std::string output = (folder_ / "gpu.svg").string();
  const Outcome outcome = run({"gpu", map_, "--output", output});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(outcome.out, "");
  const std::string svg = text_of(output);
  EXPECT_EQ(svg, DeviceMapMaker::make(20).to_svg()) << "the library's own picture";
  EXPECT_EQ(XmlCheck(svg).fault(), "");
  const Outcome piped = run({"gpu", map_});
  ASSERT_EQ(piped.exit_code, 0) << piped.err;
  EXPECT_EQ(piped.out, svg);
  const Outcome driven = fa_test::run_program(FA_PROGRAM, {"export", "gpu", map_});
  EXPECT_EQ(driven.exit_code, 0) << driven.err;
  EXPECT_EQ(driven.out, svg);
}

TEST_F(ExportPicture, SaysWhatItCannotDo) {
  for (const std::vector<std::string>& wrong :
       std::vector<std::vector<std::string>>{{"gpu"},
                                             {"gpu", map_, map_},
                                             {"gpu", map_, "x", "--output", "y"},
                                             {"gpu", map_, "--output"},
                                             {"gpu", map_, "--to", "trace"},
                                             {"gpu", map_, "--to", "svg"}}) {
    const Outcome outcome = run(wrong);
    EXPECT_EQ(outcome.exit_code, 2);
    EXPECT_NE(outcome.err.find("fa export --help"), std::string::npos) << outcome.err;
  }
  EXPECT_EQ(run({"gpu", (folder_ / "none").string()}).exit_code, 4);
  EXPECT_EQ(run({"gpu", folder_.string()}).exit_code, 4);
  const Outcome nowhere = run({"gpu", map_, "--output", (folder_ / "none" / "x.svg").string()});
  EXPECT_EQ(nowhere.exit_code, 3);
  const Outcome full = run({"gpu", map_, "--output", "/dev/full"});
  EXPECT_EQ(full.exit_code, 3);
  EXPECT_NE(full.err.find("No space left on device"), std::string::npos) << full.err;
  const Outcome same = run({"gpu", map_, "--output", map_});
  EXPECT_EQ(same.exit_code, 2);
  EXPECT_NE(same.err.find("is the map that is read"), std::string::npos) << same.err;
  EXPECT_NE(run({"--help"}).out.find("fa export gpu MAP"), std::string::npos);
}

TEST_F(ExportPicture, DamagedMapsAreRefused) {
  const std::string whole = text_of(map_);
  const std::string path = (folder_ / "damaged.json").string();
  for (const std::string& damaged :
       {std::string(), whole.substr(0, 1000), std::string("{\"format\":\"framealloc-gpu\"}"),
        std::string(100'000, '['), std::string("\x00\xff", 2), std::string("null")}) {
    std::ofstream(path, std::ios::binary) << damaged;
    const Outcome outcome = run({"gpu", path});
    EXPECT_EQ(outcome.exit_code, 4) << damaged.substr(0, 50);
    EXPECT_TRUE(outcome.err.starts_with("fa export: ")) << outcome.err;
    EXPECT_EQ(outcome.out, "");
  }
}

TEST_F(ExportPicture, AFolderMayBeCalledGpu) {
  fs::create_directory(folder_ / "gpu");
  const Outcome outcome = fa_test::run_program(
      "/bin/sh", {"-c", "cd '" + folder_.string() + "' && '" + std::string(FA_EXPORT_PROGRAM) +
                            "' gpu --to trace"});
  EXPECT_EQ(outcome.exit_code, 4);
  EXPECT_NE(outcome.err.find("gpu: has no snapshot_*.json"), std::string::npos) << outcome.err;
}

}  // namespace
