// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include <cstring>

#include "aiot/toolkit/compiler/instruction.hpp"
#include "aiot/toolkit/compiler/target.hpp"

namespace aiot::toolkit {
namespace {

/// The canonical layout: constants as they are. The kernels of `ref` take no scratch and write
/// every element as soon as they have it, pixel by pixel, channel by channel.
class RefTarget final : public Target {
 public:
  [[nodiscard]] std::string_view kernels() const override { return "ref"; }

  [[nodiscard]] nn::WeightLayout layout() const override { return nn::WeightLayout::kCanonical; }

  [[nodiscard]] PackedLayer pack(const InstructionView& /*instruction*/,
                                 std::span<const std::int8_t> weights,
                                 std::span<const nn::Channel> channels) const override {
    const auto values = std::as_bytes(weights);
    const auto rules = std::as_bytes(channels);
    return {{values.begin(), values.end()}, {rules.begin(), rules.end()}};
  }

  [[nodiscard]] std::vector<std::uint32_t> scratch(
      const InstructionView& /*instruction*/) const override {
    return {0};
  }

  [[nodiscard]] std::optional<std::uint32_t> lead(const InstructionView& instruction,
                                                  std::uint32_t /*scratch_bytes*/) const override {
    switch (instruction.code) {
      case nn::OpCode::kSoftmaxS8:
      case nn::OpCode::kAddS8:
      case nn::OpCode::kSubS8:
      case nn::OpCode::kMulS8:
      case nn::OpCode::kLookup8:
      case nn::OpCode::kQuantizeF32S8:
        return 0;
      case nn::OpCode::kConv2dS8: {
        const auto params = params_of<nn::Conv2dS8>(instruction.params);
        return windowed_lead(params.images, params.window, 1, false);
      }
      case nn::OpCode::kDepthwiseConv2dS8: {
        const auto params = params_of<nn::DepthwiseConv2dS8>(instruction.params);
        return windowed_lead(params.images, params.window, 1, params.multiplier == 1);
      }
      case nn::OpCode::kAveragePool2dS8:
      case nn::OpCode::kMaxPool2dS8: {
        // A channel is read from no other: as good as copying the pixel first.
        const auto params = params_of<nn::Pool2dS8>(instruction.params);
        return windowed_lead(params.images, params.window, 1, true);
      }
      default:
        return std::nullopt;
    }
  }
};

}  // namespace

const Target& ref_target() {
  static const RefTarget target;
  return target;
}

}  // namespace aiot::toolkit
