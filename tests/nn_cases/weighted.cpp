// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include "tests/nn_cases/weighted.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>

#include "aiot/nn/kernels.hpp"
#include "aiot/nn/ref/windowed.hpp"
#include "aiot/toolkit/compiler/instruction.hpp"

namespace aiot::nn_cases {
namespace {

using toolkit::Random;

/// What one weighted operator sums up, output by output.
struct Sums {
  std::uint32_t outputs = 0;            ///< channels
  std::vector<std::int64_t> largest;    ///< per channel: largest magnitude for this input
  std::vector<std::int64_t> unbounded;  ///< per channel: largest magnitude for any input
};

void note(Sums& sums, std::uint32_t channel, std::int64_t value) {
  sums.largest[channel] = std::max(sums.largest[channel], std::abs(value));
}

void sum_up(const nn::FullyConnectedS8& p, const Layer& layer, const std::int8_t* in, Sums& sums) {
  for (std::uint32_t b = 0; b < p.batch; ++b) {
    for (std::uint32_t o = 0; o < p.outputs; ++o) {
      std::int64_t sum = 0;
      for (std::uint32_t d = 0; d < p.depth; ++d) {
        sum += (in[b * p.depth + d] + p.input_offset) *
               (layer.weights[o * p.depth + d] + p.weight_offset);
      }
      note(sums, o, sum);
    }
  }
}

template <class Params, class One>
void sum_pixels(const Params& p, Sums& sums, One one) {
  nn::ref::detail::for_each_pixel(
      p.images, [&](const nn::ref::detail::Pixel& pixel, std::uint32_t /*at*/) {
        for (std::uint32_t o = 0; o < p.images.out_c; ++o) {
          std::int64_t sum = 0;
          nn::ref::detail::for_each_tap(
              p.images, p.window, pixel, [&](std::uint32_t from, std::uint32_t tap) {
                sum += one(o, from, tap);
              });
          note(sums, o, sum);
        }
      });
}

void sum_up(const nn::Conv2dS8& p, const Layer& layer, const std::int8_t* in, Sums& sums) {
  const std::uint32_t depth = std::uint32_t{p.images.in_c} / p.groups;
  const std::uint32_t taps = std::uint32_t{p.window.kernel_h} * p.window.kernel_w;
  const std::uint32_t group_outputs = std::uint32_t{p.images.out_c} / p.groups;
  sum_pixels(p, sums, [&](std::uint32_t o, std::uint32_t from, std::uint32_t tap) {
    std::int64_t sum = 0;
    for (std::uint32_t d = 0; d < depth; ++d) {
      sum += (in[from + o / group_outputs * depth + d] + p.input_offset) *
             layer.weights[(o * taps + tap) * depth + d];
    }
    return sum;
  });
}

void sum_up(const nn::DepthwiseConv2dS8& p, const Layer& layer, const std::int8_t* in, Sums& sums) {
  sum_pixels(p, sums, [&](std::uint32_t o, std::uint32_t from, std::uint32_t tap) {
    return std::int64_t{(in[from + o / p.multiplier] + p.input_offset) *
                        layer.weights[tap * p.images.out_c + o]};
  });
}

struct Sizes {
  std::uint32_t input, output, channels;
  std::uint64_t macs;
};

Sizes sizes_of(const nn::FullyConnectedS8& p) {
  return {p.batch * p.depth,
          p.batch * p.outputs,
          p.outputs,
          std::uint64_t{p.batch} * p.depth * p.outputs};
}

template <class Params>
Sizes windowed_sizes(const Params& p, std::uint64_t weights) {
  const nn::Images& i = p.images;
  const std::uint32_t pixels = std::uint32_t{i.batch} * i.out_h * i.out_w;
  return {std::uint32_t{i.batch} * i.in_h * i.in_w * i.in_c,
          pixels * i.out_c,
          i.out_c,
          pixels * weights};
}

Sizes sizes_of(const nn::Conv2dS8& p) {
  return windowed_sizes(p, nn::canonical_needs(p).weights);
}

Sizes sizes_of(const nn::DepthwiseConv2dS8& p) {
  return windowed_sizes(p, nn::canonical_needs(p).weights);
}

/// Channel of weight `index` of a layer in canonical order.
std::uint32_t channel_of(const nn::DepthwiseConv2dS8& p, std::size_t index, std::size_t /*all*/) {
  return static_cast<std::uint32_t>(index % p.images.out_c);
}

std::uint32_t channel_of(const nn::Conv2dS8& p, std::size_t index, std::size_t all) {
  return static_cast<std::uint32_t>(index / (all / p.images.out_c));
}

std::uint32_t channel_of(const nn::FullyConnectedS8& p, std::size_t index, std::size_t /*all*/) {
  return static_cast<std::uint32_t>(index / p.depth);
}

std::int32_t weight_offset_of(const nn::FullyConnectedS8& p) {
  return p.weight_offset;
}

template <class Params>
std::int32_t weight_offset_of(const Params& /*p*/) {
  return 0;
}

std::vector<std::int8_t> random_weights(std::size_t count,
                                        Style style,
                                        Random& random,
                                        std::string& name) {
  std::vector<std::int8_t> weights(count);
  const std::uint32_t kind = style == Style::kTypical ? 7 : random.below(8);
  for (std::int8_t& weight : weights) {
    std::int32_t value = static_cast<std::int32_t>(random.below(255)) - 127;
    if (kind == 0) {  // small sums: factors near 1
      value = random.below(4) == 0 ? static_cast<std::int32_t>(random.below(3)) - 1 : 0;
    } else if (kind == 1) {
      value = value < 0 ? -127 : 127;
    } else if (kind == 2 && random.below(10) == 0) {
      value = -128;
    }
    weight = static_cast<std::int8_t>(value);
  }
  constexpr std::array<const char*, 3> kNames{"_tiny", "_full", "_w128"};
  name += kind < kNames.size() ? kNames[kind] : "";
  return weights;
}

/// Biases and factors for sums as measured.
std::vector<nn::Channel> random_channels(const Sums& sums,
                                         Style style,
                                         Random& random,
                                         std::string& name) {
  const bool large = style == Style::kRandom && random.below(8) == 0;
  const bool dead = style == Style::kRandom && random.below(8) == 0;
  const bool heavy_bias = style == Style::kRandom && random.below(10) == 0;
  const bool one_scale = random.below(4) == 0;
  const double span = random.between(40.0, 220.0);
  const double largest_factor = std::exp2(random.between(-1.0, 5.0));
  name += large ? "_large" : "";
  name += dead ? "_dead" : "";
  name += heavy_bias ? "_bias" : "";
  std::vector<nn::Channel> channels(sums.outputs);
  std::int64_t common = 1;
  for (std::uint32_t o = 0; o < sums.outputs; ++o) {
    common = std::max(common, sums.largest[o]);
  }
  for (std::uint32_t o = 0; o < sums.outputs; ++o) {
    const std::int64_t summed = one_scale ? common : std::max<std::int64_t>(sums.largest[o], 1);
    const std::int64_t seen = heavy_bias ? summed + (1 << 28) : summed;
    const auto reach = static_cast<std::uint32_t>(std::min<std::int64_t>(seen, 1 << 29));
    const auto bias =
        static_cast<std::int32_t>(random.below(reach + 1)) - static_cast<std::int32_t>(reach / 2);
    double factor = (one_scale ? span : random.between(30.0, 300.0)) / static_cast<double>(seen);
    if (large && random.below(2) == 0) {
      factor = largest_factor * random.between(0.5, 1.0);
    }
    if (dead && random.below(2) == 0) {  // as of channels whose weights are all about 0
      factor = std::exp2(random.between(-34.0, -18.0));
    }
    factor = style == Style::kTypical ? std::min(factor, 0.49) : factor;
    // Any input: the shifted sum stays below 2^30.
    const std::int64_t most = sums.unbounded[o] + std::abs(bias) + 1;
    factor = std::min(factor, 268435456.0 / static_cast<double>(most));
    const nn::Multiplier multiplier = nn::to_multiplier(factor);
    channels[o] = {bias, multiplier.multiplier, multiplier.shift};
  }
  return channels;
}

template <class Params>
Layer finish(nn::OpCode code, Params params, std::uint64_t most_macs, Style style, Random& random) {
  Layer layer;
  const Sizes sizes = sizes_of(params);
  if (sizes.macs > most_macs) {
    return layer;
  }
  layer.code = code;
  const bool typical = style == Style::kTypical;
  layer.zero_point = typical ? -128 : pick_zero_point(random);
  layer.values = typical ? Values::kUniform : pick_values(random);
  layer.weights = random_weights(
      static_cast<std::size_t>(nn::canonical_needs(params).weights), style, random, layer.name);
  params.input_offset = static_cast<std::int16_t>(-layer.zero_point);
  params.out =
      typical ? nn::OutputS8{-128, -128, 127, 0} : output_rules(random, pick_zero_point(random));
  layer.input_bytes = sizes.input;
  layer.output_bytes = sizes.output;

  Sums sums;
  sums.outputs = sizes.channels;
  sums.largest.resize(sums.outputs);
  sums.unbounded.resize(sums.outputs);
  const std::vector<std::byte> input = make_input(layer, sizes.input, random);
  sum_up(params, layer, reinterpret_cast<const std::int8_t*>(input.data()), sums);
  for (std::size_t i = 0; i < layer.weights.size(); ++i) {
    sums.unbounded[channel_of(params, i, layer.weights.size())] +=
        255 * std::abs(layer.weights[i] + weight_offset_of(params));
  }
  layer.channels = random_channels(sums, style, random, layer.name);
  layer.params = toolkit::words_of(params);
  return layer;
}

}  // namespace

std::int32_t pick_zero_point(Random& random) {
  switch (random.below(6)) {
    case 0:
      return 0;
    case 1:
    case 2:
      return -128;
    case 3:
      return 127;
    default:
      return static_cast<std::int32_t>(random.below(256)) - 128;
  }
}

nn::OutputS8 output_rules(Random& random, std::int32_t zero_point) {
  nn::OutputS8 out;
  out.zero_point = static_cast<std::int16_t>(zero_point);
  // Above a high zero point there is little left to compare.
  const std::uint32_t kind = zero_point > 64 ? 0 : random.below(4);
  if (kind >= 2) {
    out.lo = out.zero_point;
  }
  if (kind == 3) {
    const auto above = static_cast<std::uint32_t>(127 - out.lo);
    out.hi = static_cast<std::int16_t>(
        out.lo + static_cast<std::int32_t>(above / 2 + random.below(above / 2 + 1)));
  }
  return out;
}

Values pick_values(Random& random) {
  const std::uint32_t kind = random.below(8);
  return kind == 0 ? Values::kNear : kind == 1 ? Values::kExtremes : Values::kUniform;
}

Layer finish_weighted(nn::OpCode code,
                      const nn::FullyConnectedS8& params,
                      std::uint64_t most_macs,
                      Style style,
                      Random& random) {
  return finish(code, params, most_macs, style, random);
}

Layer finish_weighted(nn::OpCode code,
                      const nn::Conv2dS8& params,
                      std::uint64_t most_macs,
                      Style style,
                      Random& random) {
  return finish(code, params, most_macs, style, random);
}

Layer finish_weighted(nn::OpCode code,
                      const nn::DepthwiseConv2dS8& params,
                      std::uint64_t most_macs,
                      Style style,
                      Random& random) {
  return finish(code, params, most_macs, style, random);
}

}  // namespace aiot::nn_cases
