// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/wait.h>

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "tests/support/temp_dir.hpp"

namespace aiot::test {

/// What a command left behind.
struct Outcome {
  int exit_code = -1;  ///< 128 + n: ended by signal n
  std::string out;
  std::string err;
};

/// Runs the command of this build with `arguments`, which the shell splits.
inline Outcome aiot(const std::string& arguments) {
  const TempDir dir;
  const std::string line = std::string(AIOT_COMMAND " ") + arguments + " >" + (dir / "out") +
                           " 2>" + (dir / "err") + " </dev/null";
  const int status = std::system(line.c_str());
  Outcome outcome;
  outcome.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  outcome.out = content_of(dir / "out");
  outcome.err = content_of(dir / "err");
  return outcome;
}

/// The JSON objects of a text with one a line.
inline std::vector<nlohmann::json> json_lines(const std::string& text) {
  std::vector<nlohmann::json> objects;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    objects.push_back(nlohmann::json::parse(line, nullptr, false));
  }
  return objects;
}

inline bool contains(const std::string& text, const std::string& words) {
  return text.find(words) != std::string::npos;
}

/// True for one line that begins like every message of the command.
inline bool is_one_line(const std::string& err) {
  return err.starts_with("aiot: ") && err.find('\n') == err.size() - 1;
}

}  // namespace aiot::test
