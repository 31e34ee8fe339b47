// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include "tests/support/tflite_models.hpp"

#include <utility>

#include "tests/support/tflite_networks.hpp"

namespace aiot::test {
namespace {

using Models = std::vector<NamedModel>;
using Shape = std::vector<std::int32_t>;

/// Appends a network of one operator: `append(writer, x)` writes it and returns its outputs.
template <class Append>
void add_model(Models& models, const std::string& name, const Shape& shape, Append append) {
  NetworkWriter writer(1 + models.size());
  const Value x = writer.input(shape, 0.05F, -7);
  models.push_back({name, writer.finish(append(writer, x))});
}

using Outputs = std::vector<Value>;

void add_convolutions(Models& models) {
  const auto add = [&models](const std::string& name, const Shape& shape, const WindowSpec& spec) {
    add_model(models, "CONV_2D_" + name, shape, [&spec](NetworkWriter& writer, const Value& x) {
      return Outputs{writer.conv_2d(x, spec)};
    });
  };
  add("1x1", {1, 3, 3, 8}, {.outputs = 6});
  add("3x3_relu",
      {1, 5, 4, 3},
      {.outputs = 4, .kernel_h = 3, .kernel_w = 3, .activation = Fused::kRelu});
  add("3x3_stride_2",
      {1, 7, 6, 3},
      {.outputs = 4,
       .kernel_h = 3,
       .kernel_w = 3,
       .stride_h = 2,
       .stride_w = 2,
       .activation = Fused::kRelu6});
  add("dilated",
      {1, 7, 7, 2},
      {.outputs = 3,
       .kernel_h = 3,
       .kernel_w = 2,
       .dilation_h = 2,
       .dilation_w = 3,
       .pads = Pads::kValid});
  add("1x5_per_tensor",
      {2, 1, 9, 2},
      {.outputs = 3, .kernel_w = 5, .scales = Scales::kPerTensor, .bias = Bias::kNone});
  add("grouped", {1, 4, 4, 6}, {.outputs = 4, .kernel_h = 3, .kernel_w = 3, .groups = 2});
  add("one_channel",
      {1, 6, 5, 1},
      {.outputs = 5, .kernel_h = 4, .kernel_w = 3, .stride_h = 2, .stride_w = 2});
}

void add_depthwise_convolutions(Models& models) {
  const auto add = [&models](const std::string& name, const Shape& shape, const WindowSpec& spec) {
    add_model(
        models, "DEPTHWISE_CONV_2D_" + name, shape, [&spec](NetworkWriter& writer, const Value& x) {
          return Outputs{writer.depthwise_conv_2d(x, spec)};
        });
  };
  add("3x3", {1, 5, 5, 8}, {.kernel_h = 3, .kernel_w = 3, .activation = Fused::kRelu6});
  add("3x3_stride_2", {1, 6, 7, 5}, {.kernel_h = 3, .kernel_w = 3, .stride_h = 2, .stride_w = 2});
  add("multiplier_3", {1, 4, 4, 3}, {.outputs = 3, .kernel_h = 2, .kernel_w = 3});
  add("one_channel",
      {1, 9, 6, 1},
      {.outputs = 4,
       .kernel_h = 5,
       .kernel_w = 4,
       .stride_h = 2,
       .stride_w = 2,
       .activation = Fused::kRelu});
  add("dilated_per_tensor",
      {1, 7, 7, 4},
      {.kernel_h = 3,
       .kernel_w = 3,
       .dilation_h = 2,
       .dilation_w = 2,
       .pads = Pads::kValid,
       .scales = Scales::kPerTensor,
       .bias = Bias::kNone});
}

void add_fully_connected(Models& models) {
  const auto add = [&models](const std::string& name,
                             const Shape& shape,
                             const FullyConnectedSpec& spec) {
    add_model(
        models, "FULLY_CONNECTED_" + name, shape, [&spec](NetworkWriter& writer, const Value& x) {
          return Outputs{writer.fully_connected(x, spec)};
        });
  };
  add("relu", {1, 20}, {.outputs = 5, .activation = Fused::kRelu});
  add("batch_3", {3, 10}, {.outputs = 4});
  add("no_bias", {1, 9}, {.outputs = 3, .bias = Bias::kNone});
  add("per_channel", {1, 16}, {.outputs = 7, .scales = Scales::kPerChannel});
  add("weight_zero_point", {1, 12}, {.outputs = 3, .weight_zero_point = 9});
}

void add_pools(Models& models) {
  const WindowSpec halves{.kernel_h = 2, .kernel_w = 2, .stride_h = 2, .stride_w = 2};
  const WindowSpec edges{.kernel_h = 3, .kernel_w = 3, .activation = Fused::kRelu};
  const WindowSpec whole{.kernel_h = 4, .kernel_w = 3, .pads = Pads::kValid};
  const std::pair<const char*, WindowSpec> specs[] = {
      {"2x2", halves}, {"3x3_same_relu", edges}, {"global", whole}};
  for (const auto& [name, spec] : specs) {
    add_model(models,
              std::string("AVERAGE_POOL_2D_") + name,
              {1, 4, 3, 5},
              [&window = spec](NetworkWriter& writer, const Value& x) {
                return Outputs{writer.average_pool_2d(x, window)};
              });
    add_model(models,
              std::string("MAX_POOL_2D_") + name,
              {1, 4, 3, 5},
              [&window = spec](NetworkWriter& writer, const Value& x) {
                return Outputs{writer.max_pool_2d(x, window)};
              });
  }
}

void add_arithmetic(Models& models) {
  using Binary = Value (NetworkWriter::*)(const Value&, const Value&, Fused);
  const std::pair<const char*, Binary> operators[] = {
      {"ADD", &NetworkWriter::add}, {"SUB", &NetworkWriter::sub}, {"MUL", &NetworkWriter::mul}};
  for (const auto& [name, append] : operators) {
    const Binary call = append;
    add_model(
        models, std::string(name), {1, 3, 3, 4}, [call](NetworkWriter& writer, const Value& x) {
          const Value y = writer.input({1, 3, 3, 4}, 0.08F, 11);
          return Outputs{(writer.*call)(x, y, Fused::kNone)};
        });
    add_model(models,
              std::string(name) + "_broadcast_relu",
              {2, 3, 1, 4},
              [call](NetworkWriter& writer, const Value& x) {
                const Value y = writer.input({5, 1}, 0.03F, 3);
                return Outputs{(writer.*call)(x, y, Fused::kRelu)};
              });
    add_model(models,
              std::string(name) + "_constant",
              {1, 2, 3, 4},
              [call](NetworkWriter& writer, const Value& x) {
                const Value y = writer.constant({4}, 0.03F, -5);
                return Outputs{(writer.*call)(y, x, Fused::kRelu6)};
              });
  }
}

void add_functions(Models& models) {
  const auto add = [&models](const std::string& name, auto append) {
    add_model(models, name, {1, 2, 5}, [&append](NetworkWriter& writer, const Value& x) {
      return Outputs{append(writer, x)};
    });
  };
  add("SOFTMAX", [](NetworkWriter& w, const Value& x) { return w.softmax(x, 1.0F); });
  add("SOFTMAX_beta", [](NetworkWriter& w, const Value& x) { return w.softmax(x, 0.3F); });
  add("SOFTMAX_int16", [](NetworkWriter& w, const Value& x) { return w.softmax_int16(x, 1.0F); });
  add("LOGISTIC", [](NetworkWriter& w, const Value& x) { return w.logistic(x); });
  add("TANH", [](NetworkWriter& w, const Value& x) { return w.tanh(x); });
  add("RELU", [](NetworkWriter& w, const Value& x) { return w.relu(x, 0.03F, -100); });
  add("RELU6", [](NetworkWriter& w, const Value& x) { return w.relu6(x); });
  add("LEAKY_RELU", [](NetworkWriter& w, const Value& x) { return w.leaky_relu(x, 0.2F); });
  add("LEAKY_RELU_negative",
      [](NetworkWriter& w, const Value& x) { return w.leaky_relu(x, -0.3F); });
  add("QUANTIZE",
      [](NetworkWriter& w, const Value& x) { return w.quantize(x, TensorType::kInt8, 0.07F, 12); });
  add("QUANTIZE_uint8", [](NetworkWriter& w, const Value& x) {
    return w.quantize(x, TensorType::kUint8, 0.05F, 121);
  });
  add("DEQUANTIZE", [](NetworkWriter& w, const Value& x) { return w.dequantize(x); });
  add("MEAN_all", [](NetworkWriter& w, const Value& x) { return w.mean(x, {0, 1, 2}, true); });
  add("MEAN_middle", [](NetworkWriter& w, const Value& x) { return w.mean(x, {1}, false); });
  add("MEAN_last", [](NetworkWriter& w, const Value& x) { return w.mean(x, {-1}, false); });
  add_model(models, "MEAN_image", {1, 3, 4, 5}, [](NetworkWriter& w, const Value& x) {
    return Outputs{w.mean(x, {1, 2}, false)};
  });
  add_model(models, "MEAN_outer_axes", {3, 4, 5}, [](NetworkWriter& w, const Value& x) {
    return Outputs{w.mean(x, {0, 2}, true)};
  });
  NetworkWriter writer(77);
  const Value x = writer.float_input({1, 9});
  models.push_back(
      {"QUANTIZE_float", writer.finish({writer.quantize(x, TensorType::kInt8, 0.02F, -3)})});
}

void add_movements(Models& models) {
  const auto add = [&models](const std::string& name, const Shape& shape, auto append) {
    add_model(models, name, shape, [&append](NetworkWriter& writer, const Value& x) {
      return Outputs{append(writer, x)};
    });
  };
  add("RESHAPE", {2, 6}, [](auto& w, auto& x) { return w.reshape(x, {3, 4}); });
  add("SQUEEZE", {1, 3, 1, 4}, [](auto& w, auto& x) { return w.squeeze(x, {2}); });
  add("SQUEEZE_all", {1, 3, 1, 4}, [](auto& w, auto& x) { return w.squeeze(x, {}); });
  add("EXPAND_DIMS", {3, 4}, [](auto& w, auto& x) { return w.expand_dims(x, -2); });
  add("TRANSPOSE", {2, 3, 4}, [](auto& w, auto& x) { return w.transpose(x, {2, 0, 1}); });
  add("TRANSPOSE_4d", {1, 3, 4, 2}, [](auto& w, auto& x) { return w.transpose(x, {0, 3, 1, 2}); });
  add("SLICE", {3, 4, 5}, [](auto& w, auto& x) { return w.slice(x, {1, 0, 2}, {2, -1, 2}); });
  add("STRIDED_SLICE", {4, 5, 3}, [](auto& w, auto& x) {
    return w.strided_slice(x, {{0, -4, 0}, {4, 5, 3}, {2, 1, 2}, 0, 0, 0});
  });
  add("STRIDED_SLICE_backwards", {4, 5, 3}, [](auto& w, auto& x) {
    return w.strided_slice(x, {{1, 4, 0}, {2, 0, 0}, {1, -2, 1}, 0, 4, 1});
  });
  add("PAD", {1, 2, 3, 2}, [](auto& w, auto& x) { return w.pad(x, {0, 0, 1, 2, 0, 1, 0, 0}); });
  add("PADV2", {2, 3}, [](auto& w, auto& x) { return w.pad_v2(x, {1, 0, 2, 1}, 99); });
  add("CONCATENATION", {1, 2, 3}, [](auto& w, auto& x) {
    const Value y = w.input({1, 2, 2}, x.scale, x.zero_point);
    return w.concatenation({x, y, x}, -1);
  });
  add("CONCATENATION_outer", {2, 3}, [](auto& w, auto& x) {
    const Value y = w.constant({1, 3}, x.scale, x.zero_point);
    return w.concatenation({x, y}, 0);
  });
  add_model(
      models, "SPLIT", {2, 6}, [](NetworkWriter& w, const Value& x) { return w.split(x, 1, 3); });
  add_model(models, "SPLIT_outer", {4, 3}, [](NetworkWriter& w, const Value& x) {
    return w.split(x, -2, 2);
  });
}

/// What the compiler may fuse or rewrite around convolutions.
void add_blocks(Models& models) {
  const WindowSpec three{.outputs = 4, .kernel_h = 3, .kernel_w = 3, .activation = Fused::kRelu};
  add_model(models, "pad_conv", {1, 5, 5, 3}, [&three](NetworkWriter& w, const Value& x) {
    WindowSpec valid = three;
    valid.pads = Pads::kValid;
    valid.stride_h = 2;
    valid.stride_w = 2;
    return Outputs{w.conv_2d(w.pad(x, {0, 0, 0, 1, 0, 1, 0, 0}), valid)};
  });
  add_model(models, "pad_depthwise", {1, 5, 5, 3}, [](NetworkWriter& w, const Value& x) {
    const WindowSpec valid{.kernel_h = 3, .kernel_w = 3, .pads = Pads::kValid};
    return Outputs{w.depthwise_conv_2d(w.pad(x, {0, 0, 1, 1, 1, 1, 0, 0}), valid)};
  });
  add_model(models, "residual", {1, 5, 5, 4}, [&three](NetworkWriter& w, const Value& x) {
    const Value a = w.conv_2d(x, three);
    const Value b = w.conv_2d(a, three);
    return Outputs{w.relu6(w.add(b, a, Fused::kNone))};
  });
  add_model(models, "shortcut_1x1", {1, 6, 6, 4}, [&three](NetworkWriter& w, const Value& x) {
    WindowSpec half = three;
    half.outputs = 8;
    half.stride_h = 2;
    half.stride_w = 2;
    WindowSpec same = three;
    same.outputs = 8;
    same.activation = Fused::kNone;
    const Value a = w.conv_2d(w.conv_2d(x, half), same);
    const Value b = w.conv_2d(x, {.outputs = 8, .stride_h = 2, .stride_w = 2});
    const Value sum = w.add(a, b, Fused::kRelu);
    return Outputs{w.softmax(w.fully_connected(w.mean(sum, {1, 2}, false), {.outputs = 3}), 1.0F)};
  });
  add_model(models, "separable", {1, 6, 6, 3}, [&three](NetworkWriter& w, const Value& x) {
    const Value a = w.conv_2d(x, three);
    const Value b = w.depthwise_conv_2d(
        a,
        {.kernel_h = 3, .kernel_w = 3, .stride_h = 2, .stride_w = 2, .activation = Fused::kRelu6});
    const Value c = w.conv_2d(b, {.outputs = 8, .activation = Fused::kRelu6});
    const Value d = w.average_pool_2d(c, {.kernel_h = 3, .kernel_w = 3, .pads = Pads::kValid});
    return Outputs{w.softmax(w.fully_connected(w.reshape(d, {1, 8}), {.outputs = 4}), 1.0F)};
  });
}

/// Chains, forks and several inputs and outputs.
void add_graphs(Models& models) {
  add_model(models, "function_chain", {1, 2, 6}, [](NetworkWriter& w, const Value& x) {
    const Value a = w.quantize(x, TensorType::kInt8, 0.04F, 5);
    const Value b = w.tanh(w.leaky_relu(a, 0.1F));
    return Outputs{w.quantize(w.relu(b, 0.009F, -120), TensorType::kInt8, 0.02F, -4)};
  });
  add_model(models, "squeeze_excite", {1, 4, 4, 6}, [](NetworkWriter& w, const Value& x) {
    const Value pooled = w.mean(x, {1, 2}, true);
    const Value a = w.conv_2d(pooled, {.outputs = 3, .activation = Fused::kRelu});
    const Value gate = w.logistic(w.conv_2d(a, {.outputs = 6}));
    return Outputs{w.mul(x, gate, Fused::kNone)};
  });
  add_model(models, "split_branches_concat", {1, 4, 6}, [](NetworkWriter& w, const Value& x) {
    const std::vector<Value> parts = w.split(x, 2, 2);
    const Value a = w.relu6(parts[0]);
    const Value b = w.transpose(parts[1], {0, 1, 2});
    return Outputs{w.concatenation({b, a, parts[1]}, 1), parts[0]};
  });
  add_model(models, "two_in_three_out", {1, 8}, [](NetworkWriter& w, const Value& x) {
    const Value y = w.input({1, 8}, 0.02F, 30);
    const Value sum = w.add(x, y, Fused::kRelu);
    const Value dense = w.fully_connected(sum, {.outputs = 8});
    return Outputs{w.sub(dense, y, Fused::kNone), sum, w.softmax(dense, 1.0F)};
  });
  NetworkWriter writer(78);
  const Value x = writer.float_input({1, 6});
  const Value codes = writer.quantize(x, TensorType::kInt8, 0.02F, 2);
  const Value dense = writer.fully_connected(codes, {.outputs = 5, .activation = Fused::kRelu});
  models.push_back({"float_edges", writer.finish({writer.dequantize(dense)})});
}

}  // namespace

std::vector<NamedModel> one_operator_models() {
  Models models;
  add_convolutions(models);
  add_depthwise_convolutions(models);
  add_fully_connected(models);
  add_pools(models);
  add_arithmetic(models);
  add_functions(models);
  add_movements(models);
  return models;
}

std::vector<NamedModel> several_operator_models() {
  Models models;
  add_blocks(models);
  add_graphs(models);
  return models;
}

std::vector<std::byte> mobilenet_v1_025_96() {
  struct Block {
    std::int32_t stride;
    std::int32_t outputs;
  };

  constexpr Block kBlocks[] = {{1, 16},
                               {2, 32},
                               {1, 32},
                               {2, 64},
                               {1, 64},
                               {2, 128},
                               {1, 128},
                               {1, 128},
                               {1, 128},
                               {1, 128},
                               {1, 128},
                               {2, 256},
                               {1, 256}};
  NetworkWriter writer(2501);
  Value x = writer.input({1, 96, 96, 3}, 1.0F / 128.0F, -1);
  x = writer.conv_2d(x,
                     {.outputs = 8,
                      .kernel_h = 3,
                      .kernel_w = 3,
                      .stride_h = 2,
                      .stride_w = 2,
                      .activation = Fused::kRelu6});
  for (const Block& block : kBlocks) {
    x = writer.depthwise_conv_2d(x,
                                 {.kernel_h = 3,
                                  .kernel_w = 3,
                                  .stride_h = block.stride,
                                  .stride_w = block.stride,
                                  .activation = Fused::kRelu6});
    x = writer.conv_2d(x, {.outputs = block.outputs, .activation = Fused::kRelu6});
  }
  x = writer.average_pool_2d(
      x, {.kernel_h = 3, .kernel_w = 3, .stride_h = 3, .stride_w = 3, .pads = Pads::kValid});
  x = writer.reshape(x, {1, 256});
  return writer.finish({writer.softmax(writer.fully_connected(x, {.outputs = 2}), 1.0F)});
}

}  // namespace aiot::test
