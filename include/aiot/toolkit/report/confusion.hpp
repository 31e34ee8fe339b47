// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace aiot::toolkit::report {

/// How often each class was taken for each.
struct ConfusionMatrix {
  std::string title;
  std::string caption;
  std::vector<std::string> labels;
  std::vector<std::uint64_t> counts;  ///< [actual][predicted]
  std::string what;                   ///< what is counted: "recordings"
};

/// The matrix as HTML: counts, part of the row, recall and precision. "No data" when it is empty,
/// all zero, or not as large as its labels say.
std::string render(const ConfusionMatrix& matrix);

}  // namespace aiot::toolkit::report
