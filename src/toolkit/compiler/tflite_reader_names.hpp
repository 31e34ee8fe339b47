// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "aiot/toolkit/compiler/graph.hpp"

/// What TFLite's numbers are called, for messages about what we do not read.
namespace aiot::toolkit {

/// The operator of builtin code `code`, when the compiler has it.
std::optional<graph::Kind> kind_of(std::int32_t code);

/// "HARD_SWISH"; "builtin operator 209" for one that we have never heard of.
std::string builtin_name(std::int32_t code);

/// TFLite's TensorType as ours, when we have it.
std::optional<nn::ElementType> element_type_of(std::int32_t type);

/// "float16"; "type 42" for one that we have never heard of.
std::string tensor_type_name(std::int32_t type);

}  // namespace aiot::toolkit
