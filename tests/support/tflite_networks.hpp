// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "tests/support/tflite_writer.hpp"

/// Networks with random weights for tests and benches, as .tflite files. The scales are chosen such
/// that activations use the range of int8: wrong roundings, zero points and clamps are seen.
namespace aiot::test {

/// TFLite's ActivationFunctionType.
enum class Fused : std::int8_t { kNone = 0, kRelu = 1, kReluN1To1 = 2, kRelu6 = 3 };

enum class Pads : std::int8_t { kSame = 0, kValid = 1 };

/// A tensor of the network that is being written.
struct Value {
  std::int32_t index = -1;
  std::vector<std::int32_t> shape;
  TensorType type = TensorType::kInt8;
  float scale = 1.0F;
  std::int32_t zero_point = 0;
  double rms = 74.0;  ///< about, of code - zero point

  [[nodiscard]] std::int32_t elements() const;
};

enum class Scales : std::uint8_t { kPerTensor, kPerChannel };

enum class Bias : std::uint8_t { kNone, kRandom };

/// A convolution, or with `outputs` as multiplier a depthwise one; or the window of a pool.
struct WindowSpec {
  std::int32_t outputs = 1;
  std::int32_t kernel_h = 1;
  std::int32_t kernel_w = 1;
  std::int32_t stride_h = 1;
  std::int32_t stride_w = 1;
  std::int32_t dilation_h = 1;
  std::int32_t dilation_w = 1;
  std::int32_t groups = 1;
  Pads pads = Pads::kSame;
  Fused activation = Fused::kNone;
  Scales scales = Scales::kPerChannel;
  Bias bias = Bias::kRandom;
};

struct FullyConnectedSpec {
  std::int32_t outputs = 1;
  Fused activation = Fused::kNone;
  Scales scales = Scales::kPerTensor;
  Bias bias = Bias::kRandom;
  std::int32_t weight_zero_point = 0;
};

struct StridedSliceSpec {
  std::vector<std::int32_t> begin;
  std::vector<std::int32_t> end;
  std::vector<std::int32_t> strides;
  std::int32_t begin_mask = 0;
  std::int32_t end_mask = 0;
  std::int32_t shrink_axis_mask = 0;
};

/// Appends operators; every call returns the tensor that its operator writes. Weights come from the
/// seed: the same calls give the same file on every machine.
class NetworkWriter {
 public:
  explicit NetworkWriter(std::uint64_t seed) : state_(seed) {}

  Value input(std::vector<std::int32_t> shape, float scale, std::int32_t zero_point);
  Value float_input(std::vector<std::int32_t> shape);

  /// A constant operand with random codes.
  Value constant(std::vector<std::int32_t> shape, float scale, std::int32_t zero_point);

  /// x [batch][height][width][channels]
  Value conv_2d(const Value& x, const WindowSpec& spec);
  Value depthwise_conv_2d(const Value& x, const WindowSpec& spec);
  Value average_pool_2d(const Value& x, const WindowSpec& spec);
  Value max_pool_2d(const Value& x, const WindowSpec& spec);

  /// x is read as [batch][depth], depth its last dimension.
  Value fully_connected(const Value& x, const FullyConnectedSpec& spec);

  /// With broadcasting of dimensions that are 1 or missing.
  Value add(const Value& a, const Value& b, Fused activation);
  Value sub(const Value& a, const Value& b, Fused activation);
  Value mul(const Value& a, const Value& b, Fused activation);

  Value softmax(const Value& x, float beta);
  /// With int16 codes; the value can only be an output of the network.
  Value softmax_int16(const Value& x, float beta);
  Value logistic(const Value& x);
  Value tanh(const Value& x);
  Value relu(const Value& x, float scale, std::int32_t zero_point);
  Value relu6(const Value& x);
  Value leaky_relu(const Value& x, float alpha);
  Value mean(const Value& x, const std::vector<std::int32_t>& axes, bool keep_dims);

  Value concatenation(const std::vector<Value>& values, std::int32_t axis);
  std::vector<Value> split(const Value& x, std::int32_t axis, std::int32_t count);
  Value pad(const Value& x, const std::vector<std::int32_t>& paddings);
  Value pad_v2(const Value& x, const std::vector<std::int32_t>& paddings, std::int8_t code);
  Value reshape(const Value& x, std::vector<std::int32_t> shape);
  Value squeeze(const Value& x, const std::vector<std::int32_t>& dims);
  Value expand_dims(const Value& x, std::int32_t axis);
  Value transpose(const Value& x, const std::vector<std::int32_t>& permutation);
  Value slice(const Value& x,
              const std::vector<std::int32_t>& begin,
              const std::vector<std::int32_t>& size);
  Value strided_slice(const Value& x, const StridedSliceSpec& spec);

  Value quantize(const Value& x, TensorType type, float scale, std::int32_t zero_point);
  Value dequantize(const Value& x);

  /// An operator as it is written in the file, for what the functions above do not have; `shape` is
  /// that of the one output, which has the type and quantisation of `like`.
  Value raw(OperatorSpec op, std::vector<std::int32_t> shape, const Value& like);

  /// What is written so far; for tests that damage it on purpose.
  [[nodiscard]] ModelSpec& model() { return model_; }

  std::vector<std::byte> finish(const std::vector<Value>& outputs);

 private:
  std::uint64_t next();
  std::int32_t between(std::int32_t low, std::int32_t high);
  float factor(float low, float high);
  std::int32_t add_tensor(TensorSpec tensor);
  std::int32_t add_ints(const std::vector<std::int32_t>& values);
  Value activation(std::vector<std::int32_t> shape, float scale, std::int32_t zero_point);
  Value like(const Value& x, std::vector<std::int32_t> shape);
  void add_operator(TfliteOp code,
                    std::vector<std::int32_t> inputs,
                    const Value& output,
                    std::uint8_t options_type,
                    std::vector<OptionField> options);

  struct Weights {
    std::int32_t values = -1;
    std::int32_t bias = -1;
  };

  struct WeightsSpec {
    std::vector<std::int32_t> shape;
    std::int32_t axis = 0;   ///< of the output channels
    std::int32_t depth = 1;  ///< terms of one sum
    Scales scales = Scales::kPerTensor;
    Bias bias = Bias::kRandom;
    std::int32_t zero_point = 0;
  };

  Weights weights(const Value& x, const Value& out, Fused activation, const WeightsSpec& spec);
  Value fused_output(std::vector<std::int32_t> shape, Fused activation);
  Value pool(TfliteOp code, const Value& x, const WindowSpec& spec);
  Value binary(TfliteOp code,
               const Value& a,
               const Value& b,
               double out_rms,
               std::uint8_t options_type,
               Fused activation);

  std::uint64_t state_;
  ModelSpec model_;
};

}  // namespace aiot::test
