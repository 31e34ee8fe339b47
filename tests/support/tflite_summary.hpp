// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace aiot::test {

/// What a .tflite file uses, read without the product's schema and reader.
struct TfliteSummary {
  std::vector<std::int32_t> operator_codes;
  std::vector<std::int8_t> tensor_types;  ///< of the first subgraph
  bool has_variables = false;
};

/// Of a file that is whole: nothing is verified.
TfliteSummary summarise_tflite(const std::vector<std::byte>& file);

}  // namespace aiot::test
