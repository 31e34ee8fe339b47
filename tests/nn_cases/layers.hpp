// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "aiot/nn/program.hpp"
#include "aiot/toolkit/random.hpp"

/// Operators with random parameters, for comparisons of back-ends.
namespace aiot::nn_cases {

/// What the bytes of an input are drawn from.
enum class Values {
  kUniform,   ///< all codes
  kNear,      ///< within 12 of the zero point
  kExtremes,  ///< -128 and 127
  kFloats,    ///< float32, some of them ties, large or not finite
};

/// An operator by itself, its addresses 0, its constants as `ref` reads them.
struct Layer {
  std::string name;  ///< "operator/what is special about it"
  nn::OpCode code{};
  std::vector<std::uint32_t> params;
  std::vector<std::int8_t> weights;   ///< of weighted operators
  std::vector<nn::Channel> channels;  ///< of weighted operators
  std::vector<std::byte> table;       ///< of kLookup8
  std::uint32_t input_bytes = 0;
  std::uint32_t other_bytes = 0;    ///< 0: one operand
  std::vector<std::byte> constant;  ///< the second operand when it is constant
  std::uint32_t output_bytes = 0;
  bool same_operands = false;  ///< the second operand is the first
  bool fills = false;  ///< the output is filled first: the operator does not write all of it
  Values values = Values::kUniform;
  std::int32_t zero_point = 0;  ///< of the input
};

/// Names of the operators that `make_layer` knows; the important ones more than once.
std::vector<std::string_view> layer_kinds();

/// A random layer of operator `kind`, a few hundred thousand multiply-accumulates at most.
Layer make_layer(std::string_view kind, toolkit::Random& random);

/// Layers of models that people run: names "shape/...".
std::size_t shape_count();
std::string_view shape_name(std::size_t index);
Layer make_shape(std::size_t index, toolkit::Random& random);

/// Bytes for an input of `layer`.
std::vector<std::byte> make_input(const Layer& layer, std::uint32_t bytes, toolkit::Random& random);

}  // namespace aiot::nn_cases
