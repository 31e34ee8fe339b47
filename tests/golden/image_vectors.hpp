// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

/// The images of the folder $AIOT_SHARED/vectors/mcuboot, made with imgtool.
namespace aiot::update::golden {

/// One row of its manifest, as far as the tests need it.
struct ImageRow {
  std::string file;
  std::string base;     ///< what it was made of; empty: of nothing, it is as imgtool wrote it
  std::string key;      ///< name in keys/; empty: the image has no signature
  std::string version;  ///< major.minor.revision+build; empty: not stated
  std::string counter;  ///< security counter; empty: not stated
  std::optional<std::uint32_t> stored_counter;
  std::string expect;
  std::size_t bytes = 0;
};

/// All rows of `manifest`; none when it can not be read. Quotes are only in the last column, which
/// is not read.
inline std::vector<ImageRow> read_image_rows(const std::filesystem::path& manifest) {
  std::vector<ImageRow> rows;
  std::ifstream file(manifest);
  std::string line;
  std::getline(file, line);
  while (std::getline(file, line)) {
    if (line.empty()) {
      continue;
    }
    std::istringstream fields(line);
    const auto next = [&fields] {
      std::string field;
      std::getline(fields, field, ',');
      return field;
    };
    ImageRow row;
    row.file = next();
    row.base = next();
    row.key = next();
    row.version = next();
    row.counter = next();
    const std::string stored = next();
    if (!stored.empty()) {
      row.stored_counter = static_cast<std::uint32_t>(std::stoul(stored));
    }
    row.expect = next();
    next();  // verdicts of another verifier
    next();
    row.bytes = std::stoul(next());
    rows.push_back(row);
  }
  return rows;
}

inline constexpr const char* kNoImages = "SKIPPED: AIOT_SHARED is not set, no image to look at";

/// Where the images are; nothing when no shared vectors are named.
inline std::optional<std::filesystem::path> image_folder() {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): the tests have one thread
  const char* const shared = std::getenv("AIOT_SHARED");
  if (shared == nullptr || *shared == '\0') {
    return std::nullopt;
  }
  return std::filesystem::path(shared) / "vectors" / "mcuboot";
}

inline std::string read_file(const std::filesystem::path& path) {
  std::ostringstream content;
  content << std::ifstream(path, std::ios::binary).rdbuf();
  return content.str();
}

}  // namespace aiot::update::golden
