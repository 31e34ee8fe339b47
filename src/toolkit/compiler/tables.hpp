// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "aiot/toolkit/compiler/graph.hpp"

/// Functions of one 8-bit code as tables: entry i is the result of the code whose byte is i.
/// Integer arithmetic of the TFLite reference kernels. Throw `graph::Refusal`.
namespace aiot::toolkit {

using Table = std::array<std::byte, 256>;

/// Every byte stays what it is.
Table identity_table();

/// int8 <-> uint8 with the same real value when the zero point moves by 128 as well.
Table sign_flip_table();

/// LOGISTIC, TANH, RELU, RELU6, RELU_N1_TO_1 or LEAKY_RELU.
Table function_table(const graph::Graph& graph, const graph::Operator& op);

/// Codes of `from` as codes of `to`: QUANTIZE between 8-bit types.
Table requantising_table(const graph::Operator& op,
                         const graph::Tensor& from,
                         const graph::Tensor& to);

}  // namespace aiot::toolkit
