// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <array>
#include <utility>

#include "aiot/toolkit/random.hpp"
#include "tests/support/tflite_models.hpp"
#include "tests/support/tflite_networks.hpp"

namespace aiot::test {
namespace {

/// Grows a network from its input: every step takes one of the newest tensors.
class Growth {
 public:
  explicit Growth(std::uint64_t seed) : random_(seed, 1), writer_(seed) {
    constexpr std::int32_t kMaxSide = 9;
    constexpr std::int32_t kMaxChannels = 9;
    const std::int32_t batch = chance(8) ? 2 : 1;
    values_.push_back(
        writer_.input({batch, upto(kMaxSide), upto(kMaxSide), upto(kMaxChannels)}, 0.05F, code()));
  }

  void step() {
    const Value x = some();
    if (x.elements() > kMaxElements) {
      values_.push_back(writer_.mean(x, {1, 2}, true));
      return;
    }
    switch (random_.below(5)) {
      case 0:
      case 1:
        windowed(x);
        break;
      case 2:
        arithmetic(x);
        break;
      case 3:
        function(x);
        break;
      default:
        movement(x);
        break;
    }
  }

  /// The last tensor is an output, at times another one too.
  std::vector<std::byte> finish() {
    const std::array<std::uint32_t, 2> roles{random_.below(6), random_.below(3)};
    if (roles[0] == 0) {
      values_.push_back(writer_.dequantize(values_.back()));
    } else if (roles[0] < 3) {
      const Value& x = values_.back();
      const Value flat = writer_.reshape(x, {x.shape[0], x.elements() / x.shape[0]});
      const Value dense =
          writer_.fully_connected(flat,
                                  {.outputs = upto(7),
                                   .activation = fused(),
                                   .scales = chance(2) ? Scales::kPerChannel : Scales::kPerTensor,
                                   .bias = chance(3) ? Bias::kNone : Bias::kRandom});
      values_.push_back(roles[0] == 1 ? writer_.softmax(dense, 0.7F) : dense);
    }
    std::vector<Value> outputs{values_.back()};
    if (roles[1] == 0 && values_.size() > 2) {
      outputs.push_back(values_[values_.size() / 2]);
    }
    return writer_.finish(outputs);
  }

 private:
  static constexpr std::int32_t kMaxElements = 4096;

  bool chance(std::uint32_t of) { return random_.below(of) == 0; }

  std::int32_t upto(std::int32_t limit) {
    return 1 + static_cast<std::int32_t>(random_.below(static_cast<std::uint32_t>(limit)));
  }

  std::int32_t code() { return static_cast<std::int32_t>(random_.below(256)) - 128; }

  Fused fused() { return static_cast<Fused>(random_.below(4)); }

  Value some() {
    const auto newest = static_cast<std::uint32_t>(std::min<std::size_t>(values_.size(), 3));
    return values_[values_.size() - 1 - random_.below(newest)];
  }

  WindowSpec window(const Value& x) {
    WindowSpec spec{.kernel_h = upto(4),
                    .kernel_w = upto(4),
                    .stride_h = upto(2),
                    .stride_w = upto(2),
                    .activation = fused(),
                    .scales = chance(3) ? Scales::kPerTensor : Scales::kPerChannel,
                    .bias = chance(4) ? Bias::kNone : Bias::kRandom};
    if (chance(3)) {
      spec.kernel_h = 1;
      spec.kernel_w = 1;
    } else if (chance(3)) {
      spec.kernel_h = 3;
      spec.kernel_w = 3;
    }
    if (spec.kernel_h <= x.shape[1] && spec.kernel_w <= x.shape[2] && chance(3)) {
      spec.pads = Pads::kValid;
    }
    return spec;
  }

  void windowed(const Value& x) {
    WindowSpec spec = window(x);
    switch (random_.below(6)) {
      case 0:
        values_.push_back(writer_.max_pool_2d(x, spec));
        return;
      case 1:
        values_.push_back(writer_.average_pool_2d(x, spec));
        return;
      case 2:
        spec.outputs = chance(4) ? 2 : 1;
        values_.push_back(writer_.depthwise_conv_2d(x, spec));
        return;
      default:
        break;
    }
    spec.outputs = upto(12);
    if (spec.pads == Pads::kSame && spec.stride_h == 1 && spec.stride_w == 1 && chance(4)) {
      spec.dilation_h = upto(3);
      spec.dilation_w = upto(3);
    }
    if (x.shape[3] % 2 == 0 && chance(4)) {
      spec.groups = 2;
      spec.outputs *= 2;
    }
    const bool padded = spec.pads == Pads::kValid && chance(2);
    values_.push_back(writer_.conv_2d(
        padded ? writer_.pad(x, {0, 0, upto(2) - 1, 1, 1, upto(2) - 1, 0, 0}) : x, spec));
  }

  void arithmetic(const Value& x) {
    const Value branch = writer_.conv_2d(x, {.outputs = x.shape[3], .activation = fused()});
    Value other = branch;
    if (chance(3)) {
      other = writer_.constant({x.shape[3]}, 0.04F, code());
    } else if (chance(3)) {
      other = writer_.logistic(writer_.mean(branch, {1, 2}, true));
    }
    const Value& first = chance(2) ? x : other;
    const Value& second = &first == &x ? other : x;
    switch (random_.below(3)) {
      case 0:
        values_.push_back(writer_.add(first, second, fused()));
        break;
      case 1:
        values_.push_back(writer_.sub(first, second, fused()));
        break;
      default:
        values_.push_back(writer_.mul(first, second, fused()));
        break;
    }
  }

  void function(const Value& x) {
    switch (random_.below(7)) {
      case 0:
        values_.push_back(writer_.logistic(x));
        break;
      case 1:
        values_.push_back(writer_.tanh(x));
        break;
      case 2:
        values_.push_back(writer_.relu(x, x.scale * 0.8F, code()));
        break;
      case 3:
        values_.push_back(writer_.relu6(x));
        break;
      case 4:
        values_.push_back(writer_.leaky_relu(x, 0.15F));
        break;
      case 5:
        values_.push_back(writer_.softmax(x, 1.0F));
        break;
      default:
        values_.push_back(writer_.quantize(x, TensorType::kInt8, x.scale * 1.3F, code()));
        break;
    }
  }

  void movement(const Value& x) {
    const std::int32_t height = x.shape[1];
    const std::int32_t channels = x.shape[3];
    switch (random_.below(7)) {
      case 0:
        values_.push_back(writer_.transpose(x, {0, 2, 1, 3}));
        break;
      case 1:
        values_.push_back(writer_.transpose(x, {0, 3, 1, 2}));
        break;
      case 2:
        values_.push_back(writer_.slice(x, {0, height / 2, 0, 0}, {-1, -1, -1, upto(channels)}));
        break;
      case 3:
        values_.push_back(writer_.strided_slice(
            x, {{0, 0, -1, 0}, {0, height, 0, 0}, {1, 2, -1, 1}, 13, 13 | 4, 0}));
        break;
      case 4:
        values_.push_back(writer_.concatenation({x, writer_.relu6(x), x}, upto(4) == 1 ? 1 : 3));
        break;
      case 5:
        if (channels % 2 == 0) {
          const std::vector<Value> parts = writer_.split(x, 3, 2);
          values_.insert(values_.end(), parts.begin(), parts.end());
          break;
        }
        [[fallthrough]];
      default:
        values_.push_back(writer_.pad_v2(x,
                                         {0, 0, upto(2) - 1, upto(2), 0, 1, upto(3) - 1, 0},
                                         static_cast<std::int8_t>(code())));
        break;
    }
  }

  toolkit::Random random_;
  NetworkWriter writer_;
  std::vector<Value> values_;
};

}  // namespace

std::vector<std::byte> random_network(std::uint64_t seed) {
  constexpr std::uint64_t kMaxSteps = 7;
  Growth growth(seed);
  for (std::uint64_t i = 0; i <= seed % kMaxSteps; ++i) {
    growth.step();
  }
  return growth.finish();
}

}  // namespace aiot::test
