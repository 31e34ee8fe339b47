// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include "tests/support/tflite_summary.hpp"

#include <flatbuffers/flatbuffers.h>

#include <algorithm>

namespace aiot::test {
namespace {

using Table = flatbuffers::Table;
using Tables = flatbuffers::Vector<flatbuffers::Offset<Table>>;

constexpr flatbuffers::voffset_t position_of(int field) {
  return static_cast<flatbuffers::voffset_t>(4 + 2 * field);
}

/// The tables of a list, empty where there is none.
std::vector<const Table*> tables_of(const Table* parent, int field) {
  std::vector<const Table*> tables;
  const auto* list =
      parent == nullptr ? nullptr : parent->GetPointer<const Tables*>(position_of(field));
  if (list != nullptr) {
    for (flatbuffers::uoffset_t i = 0; i < list->size(); ++i) {
      tables.push_back(list->Get(i));
    }
  }
  return tables;
}

}  // namespace

TfliteSummary summarise_tflite(const std::vector<std::byte>& file) {
  TfliteSummary summary;
  const auto* model = flatbuffers::GetRoot<Table>(file.data());
  for (const Table* code : tables_of(model, 1)) {
    // Old files have the first field only; codes above 126 do not fit into it.
    summary.operator_codes.push_back(
        std::max(std::int32_t{code->GetField<std::int8_t>(position_of(0), 0)},
                 code->GetField<std::int32_t>(position_of(3), 0)));
  }
  const auto subgraphs = tables_of(model, 2);
  const auto tensors =
      subgraphs.empty() ? std::vector<const Table*>() : tables_of(subgraphs.front(), 0);
  for (const Table* tensor : tensors) {
    summary.tensor_types.push_back(tensor->GetField<std::int8_t>(position_of(1), 0));
    summary.has_variables =
        summary.has_variables || tensor->GetField<std::uint8_t>(position_of(5), 0) != 0;
  }
  return summary;
}

}  // namespace aiot::test
