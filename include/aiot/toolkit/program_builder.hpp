// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "aiot/nn/program.hpp"
#include "aiot/nn/quant.hpp"

namespace aiot::toolkit {

/// A network that owns its bytes; `view_of` is what runs.
struct NetworkSpec {
  std::vector<std::uint32_t> program;
  std::vector<std::byte> weights;
  std::vector<nn::TensorInfo> inputs;
  std::vector<nn::TensorInfo> outputs;
  std::vector<nn::VariableInfo> variables;
  std::uint32_t arena_bytes = 0;
  nn::WeightLayout layout = nn::WeightLayout::kCanonical;
};

/// `spec` as what runs; it must outlive the view, and its weights begin aligned on every host
/// whose allocator aligns to 16 bytes (the 64-bit ones do).
nn::Network view_of(const NetworkSpec& spec) noexcept;

/// Activation that is fused into its operator.
enum class Activation { kNone, kRelu, kRelu6, kReluN1To1 };

/// Weights of a layer with their quantisation; symmetric (zero point 0).
struct LayerWeights {
  std::vector<std::int8_t> values;  ///< in the order that the operator documents
  std::vector<float> scales;        ///< one, or one per output channel
  std::vector<std::int32_t> bias;   ///< one per output channel, scale input * weight; or empty
};

/// A sliding window with TFLite's padding rules.
enum class Padding { kSame, kValid };

struct SlidingWindow {
  std::uint16_t kernel_h = 1;
  std::uint16_t kernel_w = 1;
  std::uint16_t stride_h = 1;
  std::uint16_t stride_w = 1;
  std::uint16_t dilation_h = 1;
  std::uint16_t dilation_w = 1;
  Padding padding = Padding::kValid;
};

/// Builds a network that is a chain of int8 layers, in the canonical layout, with the multipliers
/// of the TFLite converters and an arena of two buffers that take turns. A layer that does not fit
/// its input throws std::invalid_argument.
class ProgramBuilder {
 public:
  /// input [batch][depth], as fully connected layers want it.
  ProgramBuilder(std::uint32_t batch, std::uint32_t depth, nn::QuantParams input);

  /// input [batch][height][width][channels], for images.
  ProgramBuilder(std::uint16_t batch,
                 std::uint16_t height,
                 std::uint16_t width,
                 std::uint16_t channels,
                 nn::QuantParams input);

  /// weights [outputs][depth]; an image is read as one vector.
  ProgramBuilder& fully_connected(std::uint32_t outputs,
                                  const LayerWeights& weights,
                                  nn::QuantParams output,
                                  Activation activation);

  /// weights [outputs][kernel_h][kernel_w][channels / groups]
  ProgramBuilder& conv_2d(std::uint16_t outputs,
                          std::uint16_t groups,
                          const SlidingWindow& window,
                          const LayerWeights& weights,
                          nn::QuantParams output,
                          Activation activation);

  /// weights [kernel_h][kernel_w][channels * multiplier]
  ProgramBuilder& depthwise_conv_2d(std::uint16_t multiplier,
                                    const SlidingWindow& window,
                                    const LayerWeights& weights,
                                    nn::QuantParams output,
                                    Activation activation);

  ProgramBuilder& average_pool_2d(const SlidingWindow& window, Activation activation);

  ProgramBuilder& max_pool_2d(const SlidingWindow& window, Activation activation);

  /// Over the last axis; output scale 1/256, zero point -128.
  ProgramBuilder& softmax(float beta);

  /// Of each element, by a table of 256 bytes; output scale 1/256, zero point -128.
  ProgramBuilder& logistic();

  /// The network so far.
  [[nodiscard]] NetworkSpec finish() const;

 private:
  struct Tensor {
    std::vector<std::uint32_t> dims;
    nn::QuantParams params;

    [[nodiscard]] std::uint32_t elements() const;
  };

  template <class Params>
  void append(nn::OpCode code, const Params& params);
  std::uint32_t place(const Tensor& tensor);
  std::uint32_t add_weights(const std::vector<std::int8_t>& values);
  std::uint32_t add_channels(const LayerWeights& weights,
                             std::uint32_t outputs,
                             double input_scale,
                             double output_scale,
                             bool per_tensor_float);
  nn::Images images(std::uint32_t out_h, std::uint32_t out_w, std::uint32_t out_c) const;
  [[nodiscard]] std::uint32_t image_dim(std::size_t index) const;
  template <class Params>
  void convolve(nn::OpCode code,
                Params params,
                std::uint32_t outputs,
                const SlidingWindow& window,
                const LayerWeights& weights,
                nn::QuantParams output,
                Activation activation);
  void pool(nn::OpCode code, const SlidingWindow& window, Activation activation);

  Tensor input_;
  Tensor current_;
  std::uint32_t current_offset_ = 0;
  bool upper_ = false;
  std::uint32_t sizes_[2] = {0, 0};
  NetworkSpec network_;
};

}  // namespace aiot::toolkit
