// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include "tests/nn_cases/layers.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <limits>

#include "aiot/core/check.hpp"
#include "aiot/nn/kernels.hpp"
#include "aiot/nn/ref/windowed.hpp"
#include "aiot/toolkit/compiler/instruction.hpp"
#include "tests/nn_cases/weighted.hpp"

namespace aiot::nn_cases {
namespace {

using toolkit::Random;

nn::OutputS8 plain_output(Random& random) {
  return output_rules(random, pick_zero_point(random));
}

std::string text_of(const nn::Images& images, const nn::Window2d& window) {
  const auto n = [](std::uint32_t value) { return std::to_string(value); };
  std::string text = n(images.in_h) + "x" + n(images.in_w) + "x" + n(images.in_c) + "-" +
                     n(images.out_h) + "x" + n(images.out_w) + "x" + n(images.out_c) + "_k" +
                     n(window.kernel_h) + "x" + n(window.kernel_w) + "_s" + n(window.stride_h) +
                     "x" + n(window.stride_w);
  if (window.dilation_h != 1 || window.dilation_w != 1) {
    text += "_d" + n(window.dilation_h) + "x" + n(window.dilation_w);
  }
  if (window.pad_top != 0 || window.pad_left != 0) {
    text += "_p" + n(window.pad_top) + "x" + n(window.pad_left);
  }
  if (images.batch != 1) {
    text += "_b" + n(images.batch);
  }
  return text;
}

std::uint32_t input_bytes(const nn::Images& i) {
  return std::uint32_t{i.batch} * i.in_h * i.in_w * i.in_c;
}

std::uint32_t output_bytes(const nn::Images& i) {
  return std::uint32_t{i.batch} * i.out_h * i.out_w * i.out_c;
}

/// One axis of a random window over a random image.
struct Axis {
  std::uint16_t in, out, kernel, stride, dilation, pad;
};

Axis make_axis(Random& random, std::uint32_t longest_kernel, bool dilates) {
  const std::uint32_t kernel = 1 + random.below(longest_kernel);
  const std::uint32_t stride = random.below(2) == 0 ? 1 : 1 + random.below(3);
  const std::uint32_t dilation = dilates && random.below(5) == 0 ? 2 + random.below(2) : 1;
  const std::uint32_t reach = (kernel - 1) * dilation + 1;
  std::uint32_t in = 1 + random.below(13);
  std::uint32_t out = 0;
  std::uint32_t pad = 0;
  switch (random.below(8)) {
    case 0:
    case 1:
    case 2:  // VALID
      in += reach - 1;
      out = (in - reach) / stride + 1;
      break;
    case 3:  // any explicit padding, also windows that see nothing; a pool must see something
      pad = dilates ? random.below(reach + 2) : random.below(kernel);
      out = 1 + random.below((in + 2 * pad) / stride + 1);
      while (!dilates && (out - 1) * stride >= in + pad) {
        --out;
      }
      break;
    default: {  // SAME
      out = (in + stride - 1) / stride;
      const std::uint32_t covered = (out - 1) * stride + reach;
      pad = covered > in ? (covered - in) / 2 : 0;
    }
  }
  const auto narrow = [](std::uint32_t value) { return static_cast<std::uint16_t>(value); };
  return {narrow(in), narrow(out), narrow(kernel), narrow(stride), narrow(dilation), narrow(pad)};
}

struct Windows {
  nn::Images images;
  nn::Window2d window;
};

Windows make_windows(Random& random, bool dilates) {
  const bool tall = random.below(2) == 0;
  Axis rows = make_axis(random, tall ? 10 : 5, dilates);
  Axis columns = make_axis(random, tall ? 5 : 10, dilates);
  switch (random.below(4)) {
    case 0:  // 1 x 1 is a path of its own in most back-ends
      rows.kernel = columns.kernel = rows.dilation = columns.dilation = 1;
      rows.pad = columns.pad = 0;
      rows.out = static_cast<std::uint16_t>((rows.in + rows.stride - 1) / rows.stride);
      columns.out = static_cast<std::uint16_t>((columns.in + columns.stride - 1) / columns.stride);
      break;
    case 1:  // 3 x 3 SAME is another
      for (Axis* axis : {&rows, &columns}) {
        axis->kernel = 3;
        axis->dilation = 1;
        axis->stride = static_cast<std::uint16_t>(1 + random.below(2));
        axis->out = static_cast<std::uint16_t>((axis->in + axis->stride - 1) / axis->stride);
        const int covered = (axis->out - 1) * axis->stride + 3;
        axis->pad = static_cast<std::uint16_t>(std::max(covered - axis->in, 0) / 2);
      }
      break;
    default:
      break;
  }
  Windows made;
  made.images.batch = static_cast<std::uint16_t>(random.below(5) == 0 ? 2 + random.below(2) : 1);
  made.images.in_h = rows.in;
  made.images.in_w = columns.in;
  made.images.out_h = rows.out;
  made.images.out_w = columns.out;
  made.window = {rows.kernel,
                 columns.kernel,
                 rows.stride,
                 columns.stride,
                 rows.dilation,
                 columns.dilation,
                 rows.pad,
                 columns.pad};
  return made;
}

std::uint16_t pick_channels(Random& random, std::uint32_t most) {
  constexpr std::array<std::uint16_t, 20> kUsual{1,  2,  3,  4,  5,  7,  8,  9,  12, 15,
                                                 16, 17, 24, 31, 32, 33, 48, 63, 64, 65};
  if (most >= 64 && random.below(12) == 0) {
    return static_cast<std::uint16_t>(71 + random.below(230));
  }
  for (;;) {
    const std::uint32_t channels =
        random.below(3) == 0 ? 1 + random.below(70)
                             : kUsual[random.below(static_cast<std::uint32_t>(kUsual.size()))];
    if (channels <= most) {
      return static_cast<std::uint16_t>(channels);
    }
  }
}

constexpr std::uint64_t kMostMacs = 150'000;

Layer make_conv(Random& random) {
  for (;;) {
    const Windows windows = make_windows(random, true);
    nn::Conv2dS8 params;
    params.images = windows.images;
    params.window = windows.window;
    params.images.in_c = pick_channels(random, 70);
    params.images.out_c = pick_channels(random, 70);
    if (random.below(6) == 0) {
      params.groups = static_cast<std::uint16_t>(2 + random.below(5));
      params.images.in_c = static_cast<std::uint16_t>(params.groups * (1 + random.below(12)));
      params.images.out_c = static_cast<std::uint16_t>(params.groups * (1 + random.below(12)));
    }
    Layer layer = finish_weighted(nn::OpCode::kConv2dS8, params, kMostMacs, Style::kRandom, random);
    if (!layer.params.empty()) {
      layer.name = "conv/" + text_of(params.images, params.window) +
                   (params.groups != 1 ? "_g" + std::to_string(params.groups) : "") + layer.name;
      return layer;
    }
  }
}

Layer make_depthwise(Random& random) {
  for (;;) {
    const Windows windows = make_windows(random, true);
    nn::DepthwiseConv2dS8 params;
    params.images = windows.images;
    params.window = windows.window;
    params.multiplier = static_cast<std::uint16_t>(random.below(3) == 0 ? 2 + random.below(7) : 1);
    params.images.in_c = pick_channels(random, params.multiplier == 1 ? 70 : 12);
    params.images.out_c = static_cast<std::uint16_t>(params.images.in_c * params.multiplier);
    Layer layer =
        finish_weighted(nn::OpCode::kDepthwiseConv2dS8, params, kMostMacs, Style::kRandom, random);
    if (!layer.params.empty()) {
      layer.name = "depthwise/" + text_of(params.images, params.window) + layer.name;
      return layer;
    }
  }
}

Layer make_fully_connected(Random& random) {
  for (;;) {
    nn::FullyConnectedS8 params;
    params.batch = random.below(4) == 0 ? 2 + random.below(5) : 1;
    params.depth = random.below(4) == 0 ? 1 + random.below(700) : pick_channels(random, 70);
    params.outputs = pick_channels(random, 70);
    if (random.below(4) == 0) {
      params.weight_offset = static_cast<std::int16_t>(static_cast<int>(random.below(256)) - 127);
    }
    Layer layer =
        finish_weighted(nn::OpCode::kFullyConnectedS8, params, kMostMacs, Style::kRandom, random);
    if (!layer.params.empty()) {
      layer.name = "fc/" + std::to_string(params.batch) + "x" + std::to_string(params.depth) + "-" +
                   std::to_string(params.outputs) + (params.weight_offset != 0 ? "_zw" : "") +
                   layer.name;
      return layer;
    }
  }
}

Layer pool_layer(nn::OpCode code, const nn::Pool2dS8& params) {
  Layer layer;
  layer.code = code;
  layer.params = toolkit::words_of(params);
  layer.input_bytes = input_bytes(params.images);
  layer.output_bytes = output_bytes(params.images);
  return layer;
}

Layer make_pool(std::string_view kind, Random& random) {
  const Windows windows = make_windows(random, false);
  nn::Pool2dS8 params;
  params.images = windows.images;
  params.window = windows.window;
  params.images.in_c = params.images.out_c = pick_channels(random, 70);
  params.out = plain_output(random);
  Layer layer = pool_layer(
      kind == "avgpool" ? nn::OpCode::kAveragePool2dS8 : nn::OpCode::kMaxPool2dS8, params);
  layer.name = std::string(kind) + "/" + text_of(params.images, params.window);
  layer.values = pick_values(random);
  return layer;
}

Layer softmax_layer(std::uint32_t rows, std::uint32_t depth, double scale) {
  const nn::Multiplier factor = nn::to_multiplier(std::min(scale * 67108864.0, 2147483647.0));
  nn::SoftmaxS8 params;
  params.rows = rows;
  params.depth = depth;
  params.multiplier = factor.multiplier;
  params.left_shift = factor.shift;
  const double reach = std::floor(31.0 * 67108864.0 / std::ldexp(1.0, factor.shift));
  params.diff_min = -static_cast<std::int32_t>(std::min(reach, 255.0));
  Layer layer;
  layer.code = nn::OpCode::kSoftmaxS8;
  layer.params = toolkit::words_of(params);
  layer.input_bytes = layer.output_bytes = rows * depth;
  layer.name = "softmax/" + std::to_string(rows) + "x" + std::to_string(depth);
  return layer;
}

Layer make_softmax(Random& random) {
  Layer layer = softmax_layer(
      1 + random.below(4), 1 + random.below(40), std::exp2(random.between(-9.0, 2.0)));
  layer.values = pick_values(random);
  return layer;
}

std::int16_t pick_offset(Random& random) {
  return static_cast<std::int16_t>(-pick_zero_point(random));
}

/// ADD's factors from scales, as the TFLite kernels derive them.
nn::AddS8 sum_rules(double input, double other, double output, Random& random) {
  const double twice = 2.0 * std::max(input, other);
  nn::AddS8 params;
  params.left_shift = 20;
  params.input_factor = nn::to_multiplier(input / twice);
  params.other_factor = nn::to_multiplier(other / twice);
  params.output_factor = nn::to_multiplier(twice / (1048576.0 * output));
  params.input_offset = pick_offset(random);
  params.other_offset = pick_offset(random);
  params.out = plain_output(random);
  return params;
}

nn::AddS8 random_sum(Random& random) {
  const double input = std::exp2(random.between(-6.0, 0.0));
  const double other = random.below(4) == 0 ? input : std::exp2(random.between(-6.0, 0.0));
  const double spread =
      random.below(5) == 0 ? std::exp2(random.between(-12.0, 6.0)) : random.between(0.4, 2.5);
  return sum_rules(input, other, std::max(input, other) * spread, random);
}

nn::MulS8 random_product(Random& random) {
  nn::MulS8 params;
  const bool usual = random.below(5) != 0;
  params.factor =
      nn::to_multiplier(std::exp2(usual ? random.between(-9.0, -5.0) : random.between(-33.0, 4.0)));
  params.input_offset = pick_offset(random);
  params.other_offset = pick_offset(random);
  params.out = plain_output(random);
  return params;
}

/// Operands of one shape.
template <class Params>
Layer pair_layer(nn::OpCode code, Params params, std::uint32_t elements) {
  params.elements = elements;
  Layer layer;
  layer.code = code;
  layer.params = toolkit::words_of(params);
  layer.input_bytes = layer.other_bytes = layer.output_bytes = elements;
  layer.zero_point = -params.input_offset;
  return layer;
}

void maybe_constant(Layer& layer, Random& random) {
  layer.values = pick_values(random);
  if (random.below(4) == 0) {
    layer.constant = make_input(layer, layer.other_bytes, random);
    layer.name += "_const";
  } else if (layer.other_bytes == layer.input_bytes && random.below(8) == 0) {
    layer.same_operands = true;
    layer.name += "_same";
  }
}

Layer make_pair(std::string_view kind, Random& random) {
  const std::uint32_t elements = 1 + random.below(random.below(2) == 0 ? 40 : 700);
  Layer layer = kind == "mul" ? pair_layer(nn::OpCode::kMulS8, random_product(random), elements)
                              : pair_layer(kind == "add" ? nn::OpCode::kAddS8 : nn::OpCode::kSubS8,
                                           random_sum(random),
                                           elements);
  layer.name = std::string(kind) + "/" + std::to_string(elements);
  maybe_constant(layer, random);
  return layer;
}

/// A random pair of shapes that go together.
nn::Broadcast random_walk(Random& random, std::uint32_t sizes[3]) {
  nn::Broadcast walk;
  sizes[0] = sizes[1] = sizes[2] = 1;
  const std::size_t rank = 1 + random.below(6);
  for (std::size_t i = 6; i-- > 6 - rank;) {
    walk.extent[i] = 1 + random.below(5);
    const std::uint32_t repeats = random.below(3);  // neither, input, other
    walk.input_step[i] = repeats == 1 ? 0 : sizes[0];
    walk.other_step[i] = repeats == 2 ? 0 : sizes[1];
    sizes[0] *= repeats == 1 ? 1 : walk.extent[i];
    sizes[1] *= repeats == 2 ? 1 : walk.extent[i];
    sizes[2] *= walk.extent[i];
  }
  return walk;
}

template <class Walked, class Op>
Layer broadcast_layer(nn::OpCode code, const Op& op, Random& random) {
  std::uint32_t sizes[3];
  Walked params;
  params.walk = random_walk(random, sizes);
  params.op = op;
  params.op.elements = sizes[2];
  Layer layer;
  layer.code = code;
  layer.params = toolkit::words_of(params);
  layer.input_bytes = sizes[0];
  layer.other_bytes = sizes[1];
  layer.output_bytes = sizes[2];
  layer.zero_point = -op.input_offset;
  layer.name =
      std::to_string(sizes[0]) + "+" + std::to_string(sizes[1]) + "-" + std::to_string(sizes[2]);
  return layer;
}

Layer make_broadcast(std::string_view kind, Random& random) {
  Layer layer =
      kind == "broadcast_mul"
          ? broadcast_layer<nn::MulBroadcastS8>(
                nn::OpCode::kMulBroadcastS8, random_product(random), random)
          : broadcast_layer<nn::AddBroadcastS8>(
                kind == "broadcast_add" ? nn::OpCode::kAddBroadcastS8 : nn::OpCode::kSubBroadcastS8,
                random_sum(random),
                random);
  layer.name = std::string(kind) + "/" + layer.name;
  maybe_constant(layer, random);
  return layer;
}

Layer make_mean(Random& random) {
  nn::MeanS8 params;
  params.outer = 1 + random.below(4);
  params.count = 1 + random.below(150);
  params.inner = pick_channels(random, 70);
  // The factor of the scales divided by the count, without a second normalisation.
  const nn::Multiplier whole = nn::to_multiplier(std::exp2(random.between(-2.0, 3.0)));
  std::int32_t shift = 0;
  while ((params.count >> static_cast<std::uint32_t>(shift + 1)) != 0) {
    ++shift;
  }
  shift = std::min({shift, 32, 31 + whole.shift});
  const std::int64_t divided = (std::int64_t{whole.multiplier} << shift) / params.count;
  params.factor = {static_cast<std::int32_t>(divided), whole.shift - shift};
  params.input_offset = pick_offset(random);
  params.out = plain_output(random);
  Layer layer;
  layer.code = nn::OpCode::kMeanS8;
  layer.params = toolkit::words_of(params);
  layer.input_bytes = params.outer * params.count * params.inner;
  layer.output_bytes = params.outer * params.inner;
  layer.zero_point = -params.input_offset;
  layer.values = pick_values(random);
  layer.name = "mean/" + std::to_string(params.outer) + "x" + std::to_string(params.count) + "x" +
               std::to_string(params.inner);
  return layer;
}

Layer make_lookup(Random& random) {
  nn::Lookup8 params;
  params.elements = 1 + random.below(600);
  Layer layer;
  layer.code = nn::OpCode::kLookup8;
  layer.params = toolkit::words_of(params);
  for (std::size_t i = 0; i < 256; ++i) {
    layer.table.push_back(static_cast<std::byte>(random.below(256)));
  }
  layer.input_bytes = layer.output_bytes = params.elements;
  layer.name = "lookup/" + std::to_string(params.elements);
  return layer;
}

/// A permutation of up to six dims, each of them backwards or with gaps now and then.
Layer make_copy(Random& random) {
  nn::Copy params;
  const std::size_t rank = 1 + random.below(6);
  params.element_bytes = rank > 4 || random.below(2) == 0 ? 1 : 1 + random.below(40);
  std::vector<std::size_t> order;
  for (std::size_t i = 6 - rank; i < 6; ++i) {
    params.extent[i] = 1 + random.below(5);
    order.push_back(i);
  }
  std::uint32_t step = params.element_bytes;
  for (std::size_t i = 6; i-- > 6 - rank;) {
    params.output_step[i] = step;
    step *= params.extent[i] + (random.below(6) == 0 ? 1 : 0);
  }
  params.output_start = random.below(3) == 0 ? random.below(20) : 0;
  Layer layer;
  layer.output_bytes = params.output_start + step;
  random.shuffle(order);
  step = params.element_bytes;
  for (const std::size_t i : order) {
    const bool backwards = random.below(5) == 0;
    const auto length = static_cast<std::int32_t>(step);
    params.input_step[i] = backwards ? -length : length;
    params.input_start += backwards ? (params.extent[i] - 1) * step : 0;
    step *= params.extent[i] + (random.below(6) == 0 ? 1 : 0);
  }
  layer.code = nn::OpCode::kCopy;
  layer.params = toolkit::words_of(params);
  layer.input_bytes = step;
  layer.fills = true;
  layer.name = "copy/" + std::to_string(layer.input_bytes) + "-" +
               std::to_string(layer.output_bytes) + "_e" + std::to_string(params.element_bytes);
  return layer;
}

template <class Params>
Params float_edge(Random& random, std::uint32_t elements) {
  Params params;
  params.elements = elements;
  params.scale = static_cast<float>(std::exp2(random.between(-8.0, 3.0)));
  params.zero_point = pick_zero_point(random);
  return params;
}

Layer make_float_edge(std::string_view kind, Random& random) {
  const std::uint32_t elements = 1 + random.below(200);
  Layer layer;
  layer.name = std::string(kind) + "/" + std::to_string(elements);
  if (kind == "quantize") {
    layer.code = nn::OpCode::kQuantizeF32S8;
    layer.params = toolkit::words_of(float_edge<nn::QuantizeF32S8>(random, elements));
    layer.input_bytes = elements * 4;
    layer.output_bytes = elements;
    layer.values = Values::kFloats;
  } else {
    layer.code = nn::OpCode::kDequantizeS8F32;
    layer.params = toolkit::words_of(float_edge<nn::DequantizeS8F32>(random, elements));
    layer.input_bytes = elements;
    layer.output_bytes = elements * 4;
  }
  return layer;
}

float random_float(Random& random) {
  switch (random.below(16)) {
    case 0:
      return std::numeric_limits<float>::quiet_NaN();
    case 1:
      return std::numeric_limits<float>::infinity() * (random.below(2) == 0 ? 1.0F : -1.0F);
    case 2:
      return static_cast<float>(random.between(-1e30, 1e30));
    case 3:
    case 4:
      return static_cast<float>(random.below(64)) * 0.25F - 8.0F;
    default:
      return static_cast<float>(random.between(-100.0, 100.0));
  }
}

// --- layers of models ---

struct Shape {
  const char* name;
  nn::OpCode code;
  std::uint16_t in_h, in_w, in_c, out_c, kernel_h, kernel_w, stride;
};

using enum nn::OpCode;

/// SAME padding; a fully connected layer is in_c to out_c, an addition in_h * in_w * in_c elements.
constexpr std::array kShapes{
    Shape{"shape/kws_first", kConv2dS8, 49, 10, 1, 64, 10, 4, 2},
    Shape{"shape/kws_depthwise", kDepthwiseConv2dS8, 25, 5, 64, 64, 3, 3, 1},
    Shape{"shape/kws_pointwise", kConv2dS8, 25, 5, 64, 64, 1, 1, 1},
    Shape{"shape/kws_pool", kAveragePool2dS8, 25, 5, 64, 64, 25, 5, 0},
    Shape{"shape/kws_fc", kFullyConnectedS8, 1, 1, 64, 12, 1, 1, 1},
    Shape{"shape/kws_softmax", kSoftmaxS8, 1, 1, 12, 12, 1, 1, 1},
    Shape{"shape/resnet_first", kConv2dS8, 32, 32, 3, 16, 3, 3, 1},
    Shape{"shape/resnet_16", kConv2dS8, 32, 32, 16, 16, 3, 3, 1},
    Shape{"shape/resnet_16_32_s2", kConv2dS8, 32, 32, 16, 32, 3, 3, 2},
    Shape{"shape/resnet_skip_s2", kConv2dS8, 32, 32, 16, 32, 1, 1, 2},
    Shape{"shape/resnet_64", kConv2dS8, 8, 8, 64, 64, 3, 3, 1},
    Shape{"shape/resnet_add", kAddS8, 32, 32, 16, 16, 1, 1, 1},
    Shape{"shape/resnet_pool", kAveragePool2dS8, 8, 8, 64, 64, 8, 8, 0},
    Shape{"shape/ad01_640_128", kFullyConnectedS8, 1, 1, 640, 128, 1, 1, 1},
    Shape{"shape/ad01_128_128", kFullyConnectedS8, 1, 1, 128, 128, 1, 1, 1},
    Shape{"shape/ad01_128_8", kFullyConnectedS8, 1, 1, 128, 8, 1, 1, 1},
    Shape{"shape/ad01_8_128", kFullyConnectedS8, 1, 1, 8, 128, 1, 1, 1},
    Shape{"shape/ad01_128_640", kFullyConnectedS8, 1, 1, 128, 640, 1, 1, 1},
    Shape{"shape/micro_speech_first", kConv2dS8, 49, 40, 1, 8, 10, 8, 2},
    Shape{"shape/micro_speech_fc", kFullyConnectedS8, 1, 1, 4000, 4, 1, 1, 1},
    Shape{"shape/mobilenet_first", kConv2dS8, 96, 96, 3, 8, 3, 3, 2},
    Shape{"shape/mobilenet_depthwise_8", kDepthwiseConv2dS8, 48, 48, 8, 8, 3, 3, 1},
    Shape{"shape/mobilenet_depthwise_16_s2", kDepthwiseConv2dS8, 48, 48, 16, 16, 3, 3, 2},
    Shape{"shape/mobilenet_8_16", kConv2dS8, 48, 48, 8, 16, 1, 1, 1},
    Shape{"shape/mobilenet_depthwise_128", kDepthwiseConv2dS8, 6, 6, 128, 128, 3, 3, 1},
    Shape{"shape/mobilenet_128_128", kConv2dS8, 6, 6, 128, 128, 1, 1, 1},
    Shape{"shape/mobilenet_depthwise_256", kDepthwiseConv2dS8, 3, 3, 256, 256, 3, 3, 1},
    Shape{"shape/mobilenet_256_256", kConv2dS8, 3, 3, 256, 256, 1, 1, 1},
    Shape{"shape/hello_world_1_16", kFullyConnectedS8, 1, 1, 1, 16, 1, 1, 1},
    Shape{"shape/hello_world_16_16", kFullyConnectedS8, 1, 1, 16, 16, 1, 1, 1},
    Shape{"shape/hello_world_16_1", kFullyConnectedS8, 1, 1, 16, 1, 1, 1, 1},
};

/// stride 0: the window is the whole image.
Windows windows_of(const Shape& shape) {
  const auto same = [&](std::uint16_t in, std::uint16_t kernel, std::uint16_t& out) {
    if (shape.stride == 0) {
      out = 1;
      return 0;
    }
    out = static_cast<std::uint16_t>((in + shape.stride - 1) / shape.stride);
    return std::max((out - 1) * shape.stride + kernel - in, 0) / 2;
  };
  Windows made;
  made.images.in_h = shape.in_h;
  made.images.in_w = shape.in_w;
  made.images.in_c = shape.in_c;
  made.images.out_c = shape.out_c;
  made.window.kernel_h = shape.kernel_h;
  made.window.kernel_w = shape.kernel_w;
  made.window.stride_h = made.window.stride_w = std::max<std::uint16_t>(shape.stride, 1);
  made.window.pad_top =
      static_cast<std::uint16_t>(same(shape.in_h, shape.kernel_h, made.images.out_h));
  made.window.pad_left =
      static_cast<std::uint16_t>(same(shape.in_w, shape.kernel_w, made.images.out_w));
  return made;
}

constexpr std::uint64_t kAnyMacs = std::numeric_limits<std::uint64_t>::max();

template <class Params>
Layer windowed_shape(const Shape& shape, Random& random) {
  const Windows windows = windows_of(shape);
  Params params;
  params.images = windows.images;
  params.window = windows.window;
  return finish_weighted(shape.code, params, kAnyMacs, Style::kTypical, random);
}

Layer shape_layer(const Shape& shape, Random& random) {
  switch (shape.code) {
    case kConv2dS8:
      return windowed_shape<nn::Conv2dS8>(shape, random);
    case kDepthwiseConv2dS8:
      return windowed_shape<nn::DepthwiseConv2dS8>(shape, random);
    case kFullyConnectedS8: {
      nn::FullyConnectedS8 params;
      params.depth = shape.in_c;
      params.outputs = shape.out_c;
      return finish_weighted(shape.code, params, kAnyMacs, Style::kTypical, random);
    }
    case kAddS8:
      return pair_layer(
          shape.code, random_sum(random), std::uint32_t{shape.in_h} * shape.in_w * shape.in_c);
    case kSoftmaxS8:
      return softmax_layer(1, shape.in_c, 0.14);
    default: {
      const Windows windows = windows_of(shape);
      nn::Pool2dS8 params;
      params.images = windows.images;
      params.window = windows.window;
      return pool_layer(shape.code, params);
    }
  }
}

}  // namespace

std::vector<std::string_view> layer_kinds() {
  return {"conv",     "depthwise",     "fc",        "avgpool", "conv",      "depthwise",
          "conv",     "maxpool",       "add",       "fc",      "conv",      "depthwise",
          "softmax",  "mul",           "conv",      "mean",    "lookup",    "copy",
          "sub",      "broadcast_add", "conv",      "fc",      "depthwise", "broadcast_sub",
          "quantize", "broadcast_mul", "dequantize"};
}

Layer make_layer(std::string_view kind, Random& random) {
  if (kind == "conv") {
    return make_conv(random);
  }
  if (kind == "depthwise") {
    return make_depthwise(random);
  }
  if (kind == "fc") {
    return make_fully_connected(random);
  }
  if (kind == "avgpool" || kind == "maxpool") {
    return make_pool(kind, random);
  }
  if (kind == "softmax") {
    return make_softmax(random);
  }
  if (kind == "mean") {
    return make_mean(random);
  }
  if (kind == "lookup") {
    return make_lookup(random);
  }
  if (kind == "copy") {
    return make_copy(random);
  }
  if (kind.starts_with("broadcast")) {
    return make_broadcast(kind, random);
  }
  return kind.ends_with("quantize") ? make_float_edge(kind, random) : make_pair(kind, random);
}

std::size_t shape_count() {
  return kShapes.size();
}

std::string_view shape_name(std::size_t index) {
  return kShapes[index].name;
}

Layer make_shape(std::size_t index, Random& random) {
  Layer layer = shape_layer(kShapes[index], random);
  layer.name = kShapes[index].name;
  return layer;
}

std::vector<std::byte> make_input(const Layer& layer, std::uint32_t bytes, Random& random) {
  std::vector<std::byte> input(bytes);
  if (layer.values == Values::kFloats) {
    for (std::size_t i = 0; i < bytes; i += sizeof(float)) {
      const float value = random_float(random);
      std::memcpy(&input[i], &value, sizeof value);
    }
    return input;
  }
  for (std::byte& byte : input) {
    std::int32_t code = static_cast<std::int32_t>(random.below(256)) - 128;
    if (layer.values == Values::kNear) {
      code = nn::clamp(layer.zero_point + code % 13, -128, 127);
    } else if (layer.values == Values::kExtremes) {
      code = code < 0 ? -128 : 127;
    }
    byte = static_cast<std::byte>(code);
  }
  return input;
}

}  // namespace aiot::nn_cases
