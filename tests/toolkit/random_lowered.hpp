// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "aiot/toolkit/compiler/instruction.hpp"
#include "aiot/toolkit/compiler/lowered.hpp"
#include "aiot/toolkit/random.hpp"

/// Networks as the lowering makes them, with random layers, for tests of what comes behind it.
namespace aiot::test {

class RandomLowered {
 public:
  explicit RandomLowered(toolkit::Random& random) : random_(random) {}

  /// An image in, `layers` layers with branches, a vector out.
  toolkit::lowered::Network make(std::uint32_t layers) {
    network_ = {};
    images_.clear();
    const std::size_t input = buffer(add_image(size(3, 12), size(3, 12), size(1, 4)));
    network_.inputs.push_back(port(input));
    for (std::uint32_t i = 0; i < layers; ++i) {
      layer();
    }
    const std::size_t vector = fully_connected(images_.size() - 1, size(2, 9));
    network_.outputs.push_back(port(softmax(vector)));
    if (random_.below(3) == 0) {  // the operand of the last instruction
      network_.outputs.push_back(port(vector));
    }
    if (random_.below(3) == 0) {
      network_.outputs.push_back(port(buffer(images_.size() - 1)));
    }
    return network_;
  }

 private:
  struct Image {
    std::uint16_t height;
    std::uint16_t width;
    std::uint16_t channels;
    std::size_t buffer;
  };

  std::uint16_t size(std::uint32_t least, std::uint32_t most) {
    return static_cast<std::uint16_t>(least + random_.below(most - least + 1));
  }

  std::int8_t code() { return static_cast<std::int8_t>(random_.below(256)); }

  std::size_t add_buffer(std::uint32_t bytes) {
    network_.buffers.push_back({"t" + std::to_string(network_.buffers.size()), bytes, false, {}});
    return network_.buffers.size() - 1;
  }

  std::size_t add_image(std::uint16_t height, std::uint16_t width, std::uint16_t channels) {
    const auto bytes = std::uint32_t{height} * width * channels;
    images_.push_back({height, width, channels, add_buffer(bytes)});
    return images_.size() - 1;
  }

  [[nodiscard]] std::size_t buffer(std::size_t image) const { return images_[image].buffer; }

  toolkit::lowered::Port port(std::size_t buffer) {
    nn::TensorInfo info;
    info.bytes = network_.buffers[buffer].bytes;
    info.rank = 1;
    info.dims[0] = info.bytes;
    return {buffer, info, network_.buffers[buffer].name};
  }

  template <class Params>
  toolkit::lowered::Instruction& add(nn::OpCode code,
                                     const Params& params,
                                     std::vector<toolkit::lowered::Use> reads,
                                     std::size_t output) {
    toolkit::lowered::Instruction instruction;
    instruction.code = code;
    instruction.params = toolkit::words_of(params);
    instruction.reads = std::move(reads);
    instruction.write = {1, output};
    instruction.sources = {static_cast<std::uint32_t>(network_.instructions.size())};
    network_.instructions.push_back(instruction);
    return network_.instructions.back();
  }

  nn::OutputS8 output_rules() {
    nn::OutputS8 out;
    out.zero_point = code();
    if (random_.below(2) == 0) {
      out.lo = out.zero_point;
    }
    return out;
  }

  void constants(toolkit::lowered::Instruction& instruction,
                 std::size_t weights,
                 std::size_t channels) {
    for (std::size_t i = 0; i < weights; ++i) {
      instruction.weights.push_back(code());
    }
    for (std::size_t i = 0; i < channels; ++i) {
      instruction.channels.push_back(
          {static_cast<std::int32_t>(random_.below(4000)) - 2000,
           (1 << 30) + static_cast<std::int32_t>(random_.below(1U << 30)),
           -5 - static_cast<std::int32_t>(random_.below(4))});
    }
  }

  /// A window over `image` and the image behind it.
  struct Slide {
    nn::Images images;
    nn::Window2d window;
    std::size_t output;
  };

  Slide slide(std::size_t at, std::uint16_t kernel, std::uint16_t channels) {
    const Image in = images_[at];
    Slide result{};
    nn::Window2d& window = result.window;
    window.kernel_h = std::min(kernel, in.height);
    window.kernel_w = std::min(kernel, in.width);
    window.stride_h = size(1, 2);
    window.stride_w = size(1, 2);
    const bool same = random_.below(3) != 0;
    const auto reach = [&](std::uint16_t size, std::uint16_t taps, std::uint16_t stride) {
      const int out = same ? (size + stride - 1) / stride : (size - taps) / stride + 1;
      return static_cast<std::uint16_t>(out);
    };
    const auto pad = [&](std::uint16_t size, std::uint16_t taps, int out, std::uint16_t stride) {
      return static_cast<std::uint16_t>(std::max(0, (out - 1) * stride + taps - size) / 2);
    };
    const std::uint16_t height = reach(in.height, window.kernel_h, window.stride_h);
    const std::uint16_t width = reach(in.width, window.kernel_w, window.stride_w);
    window.pad_top = pad(in.height, window.kernel_h, height, window.stride_h);
    window.pad_left = pad(in.width, window.kernel_w, width, window.stride_w);
    result.images = {1, in.height, in.width, in.channels, height, width, channels, 0};
    result.output = add_image(height, width, channels);
    return result;
  }

  void layer() {
    const auto count = static_cast<std::uint32_t>(images_.size());
    const std::size_t at = count - 1 - random_.below(std::min<std::uint32_t>(count, 3));
    switch (random_.below(6)) {
      case 0:
        return convolution(at);
      case 1:
        return depthwise(at);
      case 2:
        return pool(at);
      case 3:
        return table(at);
      case 4:
        return clamp(at);
      default:
        return add_two(at);
    }
  }

  void convolution(std::size_t at) {
    const Slide s = slide(at, random_.below(2) == 0 ? 1 : 3, size(1, 10));
    nn::Conv2dS8 params;
    params.images = s.images;
    params.window = s.window;
    params.input_offset = code() == -128 ? 0 : static_cast<std::int16_t>(-code() % 100);
    params.out = output_rules();
    const std::size_t taps = std::size_t{s.window.kernel_h} * s.window.kernel_w;
    constants(add(nn::OpCode::kConv2dS8, params, {{0, buffer(at)}}, buffer(s.output)),
              taps * s.images.in_c * s.images.out_c,
              s.images.out_c);
  }

  void depthwise(std::size_t at) {
    const std::uint16_t multiplier = images_[at].channels > 12 ? 1 : size(1, 2);
    const auto channels = static_cast<std::uint16_t>(images_[at].channels * multiplier);
    const Slide s = slide(at, 3, channels);
    nn::DepthwiseConv2dS8 params;
    params.images = s.images;
    params.window = s.window;
    params.multiplier = multiplier;
    params.input_offset = static_cast<std::int16_t>(-code() % 100);
    params.out = output_rules();
    constants(add(nn::OpCode::kDepthwiseConv2dS8, params, {{0, buffer(at)}}, buffer(s.output)),
              std::size_t{s.window.kernel_h} * s.window.kernel_w * channels,
              channels);
  }

  void pool(std::size_t at) {
    const Slide s = slide(at, 2, images_[at].channels);
    nn::Pool2dS8 params;
    params.images = s.images;
    params.window = s.window;
    const bool average = random_.below(2) == 0;
    add(average ? nn::OpCode::kAveragePool2dS8 : nn::OpCode::kMaxPool2dS8,
        params,
        {{0, buffer(at)}},
        buffer(s.output));
  }

  std::size_t like(std::size_t at) {
    const Image image = images_[at];
    return add_image(image.height, image.width, image.channels);
  }

  toolkit::lowered::Instruction& lookup(std::size_t at) {
    const std::size_t output = like(at);
    nn::Lookup8 params;
    params.elements = network_.buffers[buffer(at)].bytes;
    return add(nn::OpCode::kLookup8, params, {{0, buffer(at)}}, buffer(output));
  }

  void table(std::size_t at) {
    toolkit::lowered::Instruction& instruction = lookup(at);
    for (int i = 0; i < 256; ++i) {
      instruction.table.push_back(static_cast<std::byte>(random_.below(256)));
    }
  }

  void clamp(std::size_t at) {
    toolkit::lowered::Instruction& instruction = lookup(at);
    const std::int32_t lo = code() / 2;
    for (int i = 0; i < 256; ++i) {
      const auto value = std::max<std::int32_t>(static_cast<std::int8_t>(i), lo);
      instruction.table.push_back(static_cast<std::byte>(value));
    }
  }

  void add_two(std::size_t at) {
    std::size_t other = at;
    for (std::size_t i = 0; i < images_.size(); ++i) {
      if (network_.buffers[buffer(i)].bytes == network_.buffers[buffer(at)].bytes) {
        other = i;
        break;
      }
    }
    nn::AddS8 params;
    params.elements = network_.buffers[buffer(at)].bytes;
    params.input_factor = {1 << 30, 0};
    params.other_factor = {(1 << 30) + 12345, 0};
    params.output_factor = {1 << 30, -19};
    params.out = output_rules();
    const std::size_t output = like(at);
    add(random_.below(2) == 0 ? nn::OpCode::kAddS8 : nn::OpCode::kSubS8,
        params,
        {{0, buffer(at)}, {2, buffer(other)}},
        buffer(output));
  }

  std::size_t fully_connected(std::size_t at, std::uint32_t outputs) {
    nn::FullyConnectedS8 params;
    params.depth = network_.buffers[buffer(at)].bytes;
    params.outputs = outputs;
    params.out = output_rules();
    const std::size_t output = add_buffer(outputs);
    constants(add(nn::OpCode::kFullyConnectedS8, params, {{0, buffer(at)}}, output),
              std::size_t{params.depth} * outputs,
              outputs);
    return output;
  }

  std::size_t softmax(std::size_t input) {
    nn::SoftmaxS8 params;
    params.depth = network_.buffers[input].bytes;
    params.multiplier = 1 << 30;
    params.left_shift = 23;
    params.diff_min = -248;
    const std::size_t output = add_buffer(params.depth);
    add(nn::OpCode::kSoftmaxS8, params, {{0, input}}, output);
    return output;
  }

  toolkit::Random& random_;
  toolkit::lowered::Network network_;
  std::vector<Image> images_;
};

}  // namespace aiot::test
