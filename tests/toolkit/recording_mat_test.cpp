// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include <matio.h>

#include <array>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "aiot/toolkit/recording.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/support/test.hpp"

namespace aiot::toolkit {
namespace {

using test::TempDir;

struct Column {
  std::string name;
  std::vector<double> values;
};

/// A file of column vectors as MATLAB would have saved it.
std::string write_mat(const std::string& path,
                      const std::vector<Column>& columns,
                      mat_ft version,
                      matio_compression compression) {
  mat_t* const file = Mat_CreateVer(path.c_str(), nullptr, version);
  for (const Column& column : columns) {
    std::array<std::size_t, 2> dims{column.values.size(), 1};
    std::vector<double> values = column.values;
    matvar_t* const variable = Mat_VarCreate(column.name.c_str(),
                                             MAT_C_DOUBLE,
                                             MAT_T_DOUBLE,
                                             2,
                                             dims.data(),
                                             values.data(),
                                             MAT_F_DONT_COPY_DATA);
    (void)Mat_VarWrite(file, variable, compression);
    Mat_VarFree(variable);
  }
  (void)Mat_Close(file);
  return path;
}

std::string write_mat5(const std::string& path, const std::vector<Column>& columns) {
  return write_mat(path, columns, MAT_FT_MAT5, MAT_COMPRESSION_NONE);
}

LoadOptions at_rate(double rate_hz) {
  LoadOptions options;
  options.rate_hz = rate_hz;
  return options;
}

std::string problem(const Loaded<Recording>& loaded) {
  return loaded.ok() ? std::string() : loaded.problem().text;
}

bool says(const Loaded<Recording>& loaded, const std::string& words) {
  return problem(loaded).find(words) != std::string::npos;
}

using Codes = std::vector<std::int16_t>;

const std::vector<double> kDrive{0.5, -1.0, 1.5};
const std::vector<double> kFan{1.0, 2.0, -1.0};

TEST(RecordingMat, ReadsTheDriveEndAndTheSpeed) {
  const TempDir dir;
  const std::string path = write_mat5(
      dir / "118.mat", {{"X118_FE_time", kFan}, {"X118_DE_time", kDrive}, {"X118RPM", {1796.0}}});
  const auto loaded = load_mat(path, at_rate(12000.0));
  ASSERT_TRUE(loaded.ok()) << problem(loaded);
  EXPECT_EQ(loaded->samples, (Codes{1, -2, 3}));
  EXPECT_NEAR(loaded->scale, 0.5 * kStandardGravity, 1e-12);
  EXPECT_EQ(loaded->rpm, 1796.0);
}

TEST(RecordingMat, ReadsAllLevelsOfTheFormat) {
  const TempDir dir;
  for (const mat_ft version : {MAT_FT_MAT4, MAT_FT_MAT5, MAT_FT_MAT73}) {
    for (const matio_compression compression : {MAT_COMPRESSION_NONE, MAT_COMPRESSION_ZLIB}) {
      const auto loaded = load_mat(
          write_mat(dir / "a.mat", {{"X001_DE_time", kDrive}}, version, compression), at_rate(1.0));
      ASSERT_TRUE(loaded.ok()) << version << " " << problem(loaded);
      EXPECT_EQ(loaded->samples, (Codes{1, -2, 3}));
    }
  }
}

TEST(RecordingMat, TakesTheChannelThatIsAskedFor) {
  const TempDir dir;
  const std::string path =
      write_mat5(dir / "a.mat", {{"X007_DE_time", kDrive}, {"X007_FE_time", kFan}});
  for (const char* channel : {"FE", "fe", "X007_FE_time"}) {
    LoadOptions options = at_rate(1.0);
    options.channel = channel;
    const auto loaded = load_mat(path, options);
    ASSERT_TRUE(loaded.ok()) << problem(loaded);
    EXPECT_EQ(loaded->samples, (Codes{1, 2, -1}));
  }
  LoadOptions both = at_rate(1.0);
  both.channel = "DE,FE";
  const auto axes = load_mat(path, both);
  ASSERT_TRUE(axes.ok()) << problem(axes);
  EXPECT_EQ(axes->axes, 2U);
  LoadOptions none = at_rate(1.0);
  none.channel = "BA";
  EXPECT_TRUE(
      says(load_mat(path, none), "choose with --channel one of X007_DE_time, X007_FE_time"));
}

TEST(RecordingMat, TakesTheOnlyVectorWhateverItsName) {
  const TempDir dir;
  const auto loaded = load_mat(write_mat5(dir / "a.mat", {{"vib", kDrive}}), at_rate(1.0));
  ASSERT_TRUE(loaded.ok()) << problem(loaded);
  EXPECT_EQ(loaded->frames(), 3U);
}

TEST(RecordingMat, ChoosesAmongNumbersByTheFileOrAsks) {
  const TempDir dir;
  const std::vector<Column> columns{{"X098_DE_time", kFan}, {"X099_DE_time", kDrive}};
  const auto numbered = load_mat(write_mat5(dir / "99_2.mat", columns), at_rate(1.0));
  ASSERT_TRUE(numbered.ok()) << problem(numbered);
  EXPECT_EQ(numbered->samples, (Codes{1, -2, 3}));
  EXPECT_TRUE(says(load_mat(write_mat5(dir / "x.mat", columns), at_rate(1.0)),
                   "several 'DE' channels; choose with --channel one of X098_DE_time"));
}

TEST(RecordingMat, TakesRateAndStepFromAManifestAbove) {
  const TempDir dir;
  dir.write("manifest.csv",
            "file,fs_hz,channel,scale_g_per_count,n_samples,source_file_number,rpm\n"
            "cut.s16,48000,DE,0.25,2,174,\n"
            "whole.s16,12000,DE,0.25,3,174,1750\n");
  std::filesystem::create_directory(dir.path() / "mat");
  // The number in the variable is not that of the file: the file's counts.
  const auto loaded =
      load_recording(write_mat5(dir / "mat/174_1.mat", {{"X173_DE_time", kDrive}}), {});
  ASSERT_TRUE(loaded.ok()) << problem(loaded);
  EXPECT_EQ(loaded->rate_hz, 12000.0);
  EXPECT_EQ(loaded->rpm, 1750.0);
  EXPECT_EQ(loaded->samples, (Codes{2, -4, 6}));
  EXPECT_EQ(loaded->scale, 0.25 * kStandardGravity);
}

TEST(RecordingMat, AsksForTheRate) {
  const TempDir dir;
  EXPECT_TRUE(says(load_mat(write_mat5(dir / "1.mat", {{"X001_DE_time", kDrive}}), {}),
                   "set it with --rate HZ"));
}

TEST(RecordingMat, RefusesContradictingRates) {
  const TempDir dir;
  dir.write("manifest.csv",
            "file,fs_hz,channel,scale_g_per_count,n_samples,source_file_number\n"
            "a.s16,48000,DE,0.25,3,1\nb.s16,12000,DE,0.25,3,1\n");
  EXPECT_TRUE(says(load_mat(write_mat5(dir / "1.mat", {{"X001_DE_time", kDrive}}), {}),
                   "contradicts another line"));
}

TEST(RecordingMat, RefusesWhatIsNotFinite) {
  const TempDir dir;
  const std::string path = write_mat5(
      dir / "a.mat", {{"X001_DE_time", {1.0, std::numeric_limits<double>::quiet_NaN(), 2.0}}});
  EXPECT_TRUE(says(load_mat(path, at_rate(1.0)), "X001_DE_time: sample 2 is not a finite number"));
}

TEST(RecordingMat, RefusesShortAndForeignFiles) {
  const TempDir dir;
  EXPECT_TRUE(says(load_mat(dir / "none.mat", {}), "no such file"));
  EXPECT_TRUE(says(load_mat(dir.write("e.mat", ""), {}), "is empty"));
  EXPECT_TRUE(says(load_mat(dir.write("t.mat", "some text that is no MATLAB file"), {}),
                   "is not a MATLAB file"));
  EXPECT_TRUE(says(load_mat(write_mat5(dir / "1.mat", {{"X001_DE_time", {1.0}}}), {}),
                   "no vector of two or more samples"));
}

TEST(RecordingMat, RefusesEveryTruncation) {
  const TempDir dir;
  const std::string whole = test::content_of(
      write_mat5(dir / "a.mat", {{"X001_DE_time", kDrive}, {"X001_FE_time", kFan}}));
  for (std::size_t size = 1; size < whole.size(); size += 5) {
    const auto loaded = load_mat(dir.write("cut.mat", whole.substr(0, size)), at_rate(1.0));
    // Cut exactly between two variables, the file is a whole one with fewer of them.
    if (loaded.ok()) {
      EXPECT_EQ(loaded->samples, (Codes{1, -2, 3})) << size;
    }
  }
}

TEST(RecordingMat, RefusesASmallElementThatClaimsMoreThanFourBytes) {
  const TempDir dir;
  std::string file = test::content_of(write_mat5(dir / "a.mat", {{"X001_DE_time", kDrive}}));
  // The array's flags: type and size in one word, which leaves room for 4 bytes.
  file[136] = 6;
  file[138] = static_cast<char>(0xFA);
  file[139] = static_cast<char>(0xFF);
  EXPECT_TRUE(says(load_mat(dir.write("bad.mat", file), at_rate(1.0)), "damaged"));
}

TEST(RecordingMat, SurvivesDamage) {
  const TempDir dir;
  const std::string whole = test::content_of(
      write_mat(dir / "a.mat", {{"X001_DE_time", kDrive}}, MAT_FT_MAT5, MAT_COMPRESSION_NONE));
  std::uint32_t random = 1;
  for (int round = 0; round < 100; ++round) {
    std::string bad = whole;
    for (int change = 0; change < 3; ++change) {
      random = random * 1664525U + 1013904223U;
      bad[120 + (random >> 8U) % (bad.size() - 120)] = static_cast<char>(random >> 24U);
    }
    (void)load_mat(dir.write("bad.mat", bad), at_rate(1.0)).ok();
  }
}

}  // namespace
}  // namespace aiot::toolkit
