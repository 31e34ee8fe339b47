// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aiot/toolkit/compiler/graph.hpp"
#include "src/toolkit/compiler/lower_context.hpp"

/// One function an operator family: appends the instructions of `op`, which `check_operator` has
/// passed. They throw `graph::Refusal`.
namespace aiot::toolkit {

/// CONV_2D, DEPTHWISE_CONV_2D, FULLY_CONNECTED
void lower_weighted(Lowering& lowering, const graph::Operator& op);

/// AVERAGE_POOL_2D, MAX_POOL_2D
void lower_pool(Lowering& lowering, const graph::Operator& op);

/// MEAN
void lower_mean(Lowering& lowering, const graph::Operator& op);

/// SOFTMAX
void lower_softmax(Lowering& lowering, const graph::Operator& op);

/// LOGISTIC, TANH, RELU, RELU6, RELU_N1_TO_1, LEAKY_RELU
void lower_function(Lowering& lowering, const graph::Operator& op);

/// QUANTIZE, DEQUANTIZE
void lower_conversion(Lowering& lowering, const graph::Operator& op);

/// ADD, SUB, MUL
void lower_arithmetic(Lowering& lowering, const graph::Operator& op);

/// CONCATENATION, PAD, PADV2, RESHAPE, SQUEEZE, EXPAND_DIMS, TRANSPOSE, SLICE, STRIDED_SLICE, SPLIT
void lower_movement(Lowering& lowering, const graph::Operator& op);

}  // namespace aiot::toolkit
