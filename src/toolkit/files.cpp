// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/toolkit/files.hpp"

#include <array>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <string>
#include <system_error>

#include "src/toolkit/recording_text.hpp"

namespace aiot::toolkit {

namespace {

// A week of three axes at 25.6 kHz is 93 GB: such files have to be cut, not held in memory.
constexpr std::size_t kLargestFile = std::size_t{2} << 30U;

}  // namespace

Loaded<std::vector<std::byte>> read_file(const std::filesystem::path& path) {
  std::error_code code;
  const std::filesystem::file_status status = std::filesystem::status(path, code);
  if (status.type() == std::filesystem::file_type::not_found) {
    return problem_in(path.string(), "no such file; check the name");
  }
  if (std::filesystem::is_directory(status)) {
    return problem_in(path.string(), "is a directory; name a file in it");
  }
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"),
                                                             &std::fclose);
  if (file == nullptr) {
    return problem_in(path.string(),
                      std::string("can not be opened (") + std::generic_category().message(errno) +
                          "); check its permissions");
  }
  std::vector<std::byte> content;
  std::array<std::byte, 1U << 16U> piece{};
  while (true) {
    const std::size_t got = std::fread(piece.data(), 1, piece.size(), file.get());
    content.insert(content.end(), piece.begin(), piece.begin() + static_cast<std::ptrdiff_t>(got));
    if (content.size() > kLargestFile) {
      return problem_in(path.string(), "is larger than 2 GiB; cut it into pieces");
    }
    if (got < piece.size()) {
      break;
    }
  }
  if (std::ferror(file.get()) != 0) {
    return problem_in(
        path.string(),
        std::string("can not be read (") + std::generic_category().message(errno) + ")");
  }
  return content;
}

}  // namespace aiot::toolkit
