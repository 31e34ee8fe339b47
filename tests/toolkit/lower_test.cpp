// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// What operators become, and what they compute, with the reference kernels and no plan. Numbers
// that need a second source are in tests/golden.

#include <algorithm>
#include <cstring>
#include <numeric>
#include <string>
#include <vector>

#include "aiot/nn/quant.hpp"
#include "aiot/toolkit/compiler/graph.hpp"
#include "aiot/toolkit/compiler/lowered.hpp"
#include "tests/support/test.hpp"
#include "tests/support/tflite_models.hpp"
#include "tests/support/tflite_networks.hpp"
#include "tests/toolkit/run_lowered.hpp"

namespace aiot::toolkit {
namespace {

using graph::Graph;
using graph::Kind;
using nn::ElementType;
using nn::OpCode;

using Codes = std::vector<std::int32_t>;
using Dims = std::vector<std::uint32_t>;

/// A graph that is written down operator by operator.
struct GraphWriter {
  Graph graph;

  std::int32_t tensor(const Dims& dims, float scale, std::int64_t zero_point) {
    graph::Tensor tensor;
    tensor.name = "t" + std::to_string(graph.tensors.size());
    tensor.dims = dims;
    tensor.scales = {scale};
    tensor.zero_points = {zero_point};
    graph.tensors.push_back(tensor);
    return static_cast<std::int32_t>(graph.tensors.size()) - 1;
  }

  std::int32_t input(const Dims& dims, float scale, std::int64_t zero_point) {
    const std::int32_t index = tensor(dims, scale, zero_point);
    graph.inputs.push_back(static_cast<std::uint32_t>(index));
    return index;
  }

  std::int32_t codes(const Dims& dims, float scale, std::int64_t zero_point, const Codes& values) {
    const std::int32_t index = tensor(dims, scale, zero_point);
    at(index).constant = true;
    for (const std::int32_t value : values) {
      at(index).data.push_back(static_cast<std::byte>(value & 0xFF));
    }
    return index;
  }

  std::int32_t ints(const Codes& values) {
    const std::int32_t index = tensor({static_cast<std::uint32_t>(values.size())}, 0.0F, 0);
    at(index).type = ElementType::kInt32;
    at(index).scales.clear();
    at(index).constant = true;
    const Bytes bytes = std::as_bytes(std::span(values));
    at(index).data.assign(bytes.begin(), bytes.end());
    return index;
  }

  graph::Operator& op(Kind kind,
                      std::vector<std::int32_t> inputs,
                      std::vector<std::int32_t> outputs) {
    graph::Operator result;
    result.kind = kind;
    result.inputs = std::move(inputs);
    result.outputs = std::move(outputs);
    result.sources = {static_cast<std::uint32_t>(graph.operators.size())};
    graph.operators.push_back(result);
    return graph.operators.back();
  }

  void output(std::int32_t index) { graph.outputs.push_back(static_cast<std::uint32_t>(index)); }

  graph::Tensor& at(std::int32_t index) { return graph.tensors[static_cast<std::size_t>(index)]; }
};

lowered::Network lowered_of(const Graph& graph) {
  Loaded<lowered::Network> network = lower(graph, false);
  EXPECT_TRUE(network.ok()) << (network.ok() ? "" : network.problem().text);
  return network.ok() ? *network : lowered::Network{};
}

std::vector<OpCode> codes_of(const lowered::Network& network) {
  std::vector<OpCode> codes;
  for (const lowered::Instruction& instruction : network.instructions) {
    codes.push_back(instruction.code);
  }
  return codes;
}

std::string refusal_of(const Graph& graph) {
  const Loaded<lowered::Network> network = lower(graph, false);
  return network.ok() ? "" : network.problem().text;
}

void expect_refused(const GraphWriter& writer, const std::string& text) {
  const std::string said = refusal_of(writer.graph);
  EXPECT_NE(said.find(text), std::string::npos) << "wanted: " << text << "\nsaid:   " << said;
}

std::vector<std::byte> int8_bytes(const Codes& codes) {
  std::vector<std::byte> bytes;
  for (const std::int32_t code : codes) {
    bytes.push_back(static_cast<std::byte>(code & 0xFF));
  }
  return bytes;
}

Codes int8_codes(const std::vector<std::byte>& bytes) {
  Codes codes;
  for (const std::byte byte : bytes) {
    codes.push_back(static_cast<std::int8_t>(byte));
  }
  return codes;
}

/// Output 0 for int8 inputs.
Codes run(const Graph& graph, const std::vector<Codes>& inputs) {
  test::LoweredRunner runner(lowered_of(graph));
  test::Tensors bytes;
  for (const Codes& codes : inputs) {
    bytes.push_back(int8_bytes(codes));
  }
  return int8_codes(runner.run(bytes).at(0));
}

std::vector<float> floats_of(const std::vector<std::byte>& bytes) {
  std::vector<float> values(bytes.size() / sizeof(float));
  std::memcpy(values.data(), bytes.data(), bytes.size());
  return values;
}

Codes counted(std::int32_t count) {
  Codes codes(static_cast<std::size_t>(count));
  std::iota(codes.begin(), codes.end(), 0);
  return codes;
}

/// An operator that moves the codes 0, 1, 2, ... of an input of this shape.
Codes moved(Kind kind,
            const Dims& in,
            const Dims& out,
            const std::vector<Codes>& parameters,
            const graph::Options& options) {
  GraphWriter writer;
  std::vector<std::int32_t> inputs = {writer.input(in, 1.0F, 0)};
  const std::int32_t output = writer.tensor(out, 1.0F, 0);
  for (const Codes& values : parameters) {
    inputs.push_back(writer.ints(values));
  }
  writer.op(kind, inputs, {output}).options = options;
  writer.output(output);
  const auto elements = static_cast<std::int32_t>(writer.at(0).elements());
  return run(writer.graph, {counted(elements)});
}

TEST(Lower, TransposesAnyAxes) {
  EXPECT_EQ(moved(Kind::kTranspose, {2, 3}, {3, 2}, {{1, 0}}, {}), (Codes{0, 3, 1, 4, 2, 5}));
  EXPECT_EQ(moved(Kind::kTranspose, {2, 2, 2}, {2, 2, 2}, {{2, -3, 1}}, {}),
            (Codes{0, 2, 4, 6, 1, 3, 5, 7}));
  EXPECT_EQ(
      moved(Kind::kTranspose, {1, 1, 2, 1, 2, 2}, {2, 1, 2, 1, 2, 1}, {{5, 0, 4, 1, 2, 3}}, {}),
      (Codes{0, 4, 2, 6, 1, 5, 3, 7}));
}

TEST(Lower, CutsSlices) {
  EXPECT_EQ(moved(Kind::kSlice, {3, 4}, {2, 2}, {{1, 1}, {2, 2}}, {}), (Codes{5, 6, 9, 10}));
  EXPECT_EQ(moved(Kind::kSlice, {3, 4}, {1, 3}, {{2, 1}, {1, -1}}, {}), (Codes{9, 10, 11}));
}

TEST(Lower, CutsStridedSlices) {
  const auto strided = [](const Dims& out,
                          const Codes& begin,
                          const Codes& end,
                          const Codes& strides,
                          const graph::Options& options) {
    return moved(Kind::kStridedSlice, {3, 5}, out, {begin, end, strides}, options);
  };
  EXPECT_EQ(strided({2, 2}, {0, 1}, {3, 5}, {2, 3}, {}), (Codes{1, 4, 11, 14}));
  EXPECT_EQ(strided({1, 5}, {-1, 0}, {3, 5}, {1, 1}, {}), (Codes{10, 11, 12, 13, 14}));
  EXPECT_EQ(strided({1, 5}, {0, -1}, {1, -100}, {1, -1}, {}), (Codes{4, 3, 2, 1, 0}));
  EXPECT_EQ(strided({2, 3}, {2, 4}, {-100, 1}, {-2, -1}, {}), (Codes{14, 13, 12, 4, 3, 2}));
  EXPECT_EQ(strided({3, 1}, {0, 7}, {9, -3}, {1, -2}, {}), (Codes{4, 9, 14}));
  EXPECT_EQ(strided({1, 5}, {1}, {2}, {1}, {}), (Codes{5, 6, 7, 8, 9}));
  graph::Options masks;
  masks.begin_mask = 2;
  masks.end_mask = 1;
  EXPECT_EQ(strided({2, 2}, {1, 3}, {1, 2}, {1, 1}, masks), (Codes{5, 6, 10, 11}));
  graph::Options shrink;
  shrink.shrink_axis_mask = 1;
  EXPECT_EQ(strided({2}, {-2, 1}, {0, 3}, {1, 1}, shrink), (Codes{6, 7}));
  graph::Options distance;
  distance.end_is_distance = true;
  EXPECT_EQ(strided({1, 2}, {1, 2}, {1, 2}, {1, 1}, distance), (Codes{7, 8}));
}

TEST(Lower, PadsWithTheZeroPoint) {
  GraphWriter writer;
  const std::int32_t x = writer.input({2, 2}, 0.5F, -7);
  const std::int32_t y = writer.tensor({3, 4}, 0.5F, -7);
  writer.op(Kind::kPad, {x, writer.ints({1, 0, 0, 2})}, {y});
  writer.output(y);
  EXPECT_EQ(run(writer.graph, {{1, 2, 3, 4}}), (Codes{-7, -7, -7, -7, 1, 2, -7, -7, 3, 4, -7, -7}));
}

TEST(Lower, PadsFloatsWithAnyValue) {
  GraphWriter writer;
  const std::int32_t x = writer.input({1}, 1.0F, 0);
  const std::int32_t y = writer.tensor({3}, 1.0F, 0);
  const std::int32_t value = writer.tensor({}, 1.0F, 0);
  for (const std::int32_t index : {x, y, value}) {
    writer.at(index).type = ElementType::kFloat32;
    writer.at(index).scales.clear();
  }
  const std::vector<float> number = {1.5F};
  const Bytes bytes = std::as_bytes(std::span(number));
  writer.at(value).constant = true;
  writer.at(value).data.assign(bytes.begin(), bytes.end());
  writer.op(Kind::kPadV2, {x, writer.ints({2, 0}), value}, {y});
  writer.output(y);
  test::LoweredRunner runner(lowered_of(writer.graph));
  const std::vector<float> in = {-2.0F};
  const Bytes in_bytes = std::as_bytes(std::span(in));
  const auto out = runner.run({{in_bytes.begin(), in_bytes.end()}}).at(0);
  EXPECT_EQ(floats_of(out), (std::vector<float>{1.5F, 1.5F, -2.0F}));
}

TEST(Lower, SplitsAndJoins) {
  GraphWriter writer;
  const std::int32_t x = writer.input({2, 4}, 1.0F, 0);
  const std::int32_t a = writer.tensor({2, 2}, 1.0F, 0);
  const std::int32_t b = writer.tensor({2, 2}, 1.0F, 0);
  const std::int32_t y = writer.tensor({2, 6}, 1.0F, 0);
  writer.op(Kind::kSplit, {writer.ints({-1}), x}, {a, b});
  writer.op(Kind::kConcatenation, {b, a, b}, {y}).options.axis = 1;
  writer.output(y);
  EXPECT_EQ(run(writer.graph, {counted(8)}), (Codes{2, 3, 0, 1, 2, 3, 6, 7, 4, 5, 6, 7}));
}

TEST(Lower, RequantisesWhatIsJoined) {
  GraphWriter writer;
  const std::int32_t a = writer.input({1, 2}, 0.5F, 0);
  const std::int32_t b = writer.input({1, 2}, 1.0F, 10);
  const std::int32_t y = writer.tensor({1, 4}, 0.5F, 0);
  writer.op(Kind::kConcatenation, {a, b}, {y}).options.axis = 1;
  writer.output(y);
  EXPECT_EQ(run(writer.graph, {{1, 2}, {11, 8}}), (Codes{1, 2, 2, -4}));
}

TEST(Lower, MakesNothingOfWhatOnlyRenames) {
  GraphWriter writer;
  const std::int32_t x = writer.input({1, 4, 1}, 1.0F, 0);
  const std::int32_t r = writer.tensor({2, 2}, 1.0F, 0);
  const std::int32_t e = writer.tensor({2, 1, 2}, 1.0F, 0);
  const std::int32_t t = writer.tensor({1, 2, 2}, 1.0F, 0);
  const std::int32_t s = writer.tensor({2, 2}, 1.0F, 0);
  const std::int32_t y = writer.tensor({2, 2}, 1.0F, 0);
  writer.op(Kind::kReshape, {x}, {r});
  writer.op(Kind::kExpandDims, {r, writer.ints({1})}, {e});
  writer.op(Kind::kTranspose, {e, writer.ints({1, 0, 2})}, {t});
  writer.op(Kind::kSlice, {t, writer.ints({0, 0, 0}), writer.ints({1, -1, 2})}, {s});
  writer.op(Kind::kQuantize, {s}, {y});
  writer.output(y);
  const lowered::Network network = lowered_of(writer.graph);
  EXPECT_EQ(codes_of(network), (std::vector<OpCode>{OpCode::kCopy}));  // out of the input
  EXPECT_EQ(run(writer.graph, {{1, 2, 3, 4}}), (Codes{1, 2, 3, 4}));
}

TEST(Lower, GivesOutputsMemoryOfTheirOwn) {
  GraphWriter writer;
  const std::int32_t x = writer.input({2}, 1.0F, 0);
  const std::int32_t constant = writer.codes({2}, 1.0F, 0, {5, 6});
  const std::int32_t y = writer.tensor({2}, 1.0F, -128);
  writer.op(Kind::kRelu, {x}, {y});
  for (const std::int32_t output : {x, constant, y, y, x}) {
    writer.output(output);
  }
  const lowered::Network network = lowered_of(writer.graph);
  ASSERT_EQ(network.outputs.size(), 5U);
  for (const lowered::Port& port : network.outputs) {
    EXPECT_NE(port.buffer, network.inputs[0].buffer);
    EXPECT_FALSE(network.buffers[port.buffer].constant);
  }
  EXPECT_EQ(network.outputs[0].buffer, network.outputs[4].buffer);
  EXPECT_EQ(network.outputs[0].name, "t0");
  test::LoweredRunner runner(network);
  const test::Tensors outputs = runner.run({int8_bytes({-3, 4})});
  EXPECT_EQ(int8_codes(outputs.at(0)), (Codes{-3, 4}));
  EXPECT_EQ(int8_codes(outputs.at(1)), (Codes{5, 6}));
  EXPECT_EQ(int8_codes(outputs.at(2)), (Codes{-128, -124}));
}

TEST(Lower, KeepsEveryTensorOfEveryOperator) {
  for (const test::NamedModel& model : test::several_operator_models()) {
    SCOPED_TRACE(model.name);
    const Loaded<Graph> graph = read_tflite(model.file);
    ASSERT_TRUE(graph.ok()) << graph.problem().text;
    const Loaded<lowered::Network> network = lower(*graph, true);
    ASSERT_TRUE(network.ok()) << network.problem().text;
    std::vector<std::string> names;
    for (const std::uint32_t output : graph->outputs) {
      names.push_back(graph->tensors[output].name);
    }
    for (const graph::Operator& op : graph->operators) {
      for (const std::int32_t output : op.outputs) {
        names.push_back(graph->tensors[static_cast<std::size_t>(output)].name);
      }
    }
    std::vector<std::string> ports;
    for (const lowered::Port& port : network->outputs) {
      ports.push_back(port.name);
    }
    EXPECT_EQ(ports, names);
  }
}

TEST(Lower, RunsEveryOperatorOfTheList) {
  for (const test::NamedModel& model : test::one_operator_models()) {
    SCOPED_TRACE(model.name);
    const Loaded<Graph> graph = read_tflite(model.file);
    ASSERT_TRUE(graph.ok()) << graph.problem().text;
    const lowered::Network network = lowered_of(*graph);
    test::LoweredRunner runner(network);
    test::Tensors inputs;
    for (const lowered::Port& port : network.inputs) {
      inputs.emplace_back(port.info.bytes, std::byte{0});
    }
    runner.run(inputs);
  }
}

TEST(Lower, AveragesOverAnyAxes) {
  const auto mean = [](const Dims& out, const Codes& axes) {
    GraphWriter writer;
    const std::int32_t x = writer.input({2, 3, 4}, 1.0F, 0);
    const std::int32_t y = writer.tensor(out, 1.0F, 0);
    writer.op(Kind::kMean, {x, writer.ints(axes)}, {y}).options.keep_dims = out.size() == 3;
    writer.output(y);
    return run(writer.graph, {counted(24)});
  };
  EXPECT_EQ(mean({2, 4}, {1}), (Codes{4, 5, 6, 7, 16, 17, 18, 19}));
  EXPECT_EQ(mean({4}, {0, 1}), (Codes{10, 11, 12, 13}));
  EXPECT_EQ(mean({1, 3, 1}, {0, -1}), (Codes{8, 12, 16}));  // 7.5, 11.5, 15.5
  EXPECT_EQ(mean({2, 3, 4}, {}), counted(24));
}

TEST(Lower, WalksToAveragesByTheShortestWay) {
  const auto codes = [](const Dims& in, const Dims& out, const Codes& axes) {
    GraphWriter writer;
    const std::int32_t x = writer.input(in, 1.0F, 0);
    const std::int32_t y = writer.tensor(out, 1.0F, 0);
    writer.op(Kind::kMean, {x, writer.ints(axes)}, {y});
    writer.output(y);
    return codes_of(lowered_of(writer.graph));
  };
  EXPECT_EQ(codes({1, 5, 5, 8}, {1, 8}, {1, 2}), (std::vector<OpCode>{OpCode::kMeanS8}));
  EXPECT_EQ(codes({1, 5, 1, 8}, {5}, {0, 3}), (std::vector<OpCode>{OpCode::kMeanS8}));
  EXPECT_EQ(codes({2, 5, 4, 8}, {5, 8}, {0, 2}),
            (std::vector<OpCode>{OpCode::kCopy, OpCode::kMeanS8}));
}

TEST(Lower, TakesTheBetterOfTwoConvolutions) {
  GraphWriter writer;
  const std::int32_t x = writer.input({1, 1, 2, 1}, 1.0F, 0);
  const std::int32_t w = writer.codes({1, 1, 2, 2}, 1.0F, 0, {1, 10, 2, 20});
  const std::int32_t h = writer.tensor({1, 1, 1, 2}, 1.0F, 0);
  writer.op(Kind::kDepthwiseConv2d, {x, w, graph::kAbsent}, {h});
  const std::int32_t v = writer.codes({4, 1, 1, 1}, 1.0F, 0, {1, 2, 3, 4});
  const std::int32_t y = writer.tensor({1, 1, 1, 4}, 1.0F, 0);
  writer.op(Kind::kConv2d, {h, v, graph::kAbsent}, {y});
  writer.output(y);
  EXPECT_EQ(codes_of(lowered_of(writer.graph)),
            (std::vector<OpCode>{OpCode::kConv2dS8, OpCode::kDepthwiseConv2dS8}));
  EXPECT_EQ(run(writer.graph, {{1, 2}}), (Codes{5, 10, 127, 127}));
  EXPECT_EQ(run(writer.graph, {{-1, 1}}), (Codes{1, 2, 30, 40}));
}

TEST(Lower, ConvolvesWithPaddingOfItsOwnOnEachSide) {
  GraphWriter writer;
  const std::int32_t x = writer.input({1, 1, 3, 1}, 1.0F, 0);
  const std::int32_t w = writer.codes({1, 1, 2, 1}, 1.0F, 0, {1, 1});
  const std::int32_t y = writer.tensor({1, 1, 5, 1}, 1.0F, 0);
  graph::Options& options = writer.op(Kind::kConv2d, {x, w}, {y}).options;
  options.padding = graph::Padding::kExplicit;
  options.pad_left = 2;
  options.pad_right = 1;
  writer.output(y);
  EXPECT_EQ(run(writer.graph, {{1, 2, 3}}), (Codes{0, 1, 3, 5, 3}));
}

/// x + 3 with constants of these shapes and codes.
GraphWriter sum_with(const Dims& dims, const Codes& codes) {
  GraphWriter writer;
  const std::int32_t x = writer.input({2, 2}, 1.0F, 0);
  const std::int32_t c = writer.codes(dims, 1.0F, 0, codes);
  const std::int32_t y = writer.tensor({2, 2}, 1.0F, 0);
  writer.op(Kind::kAdd, {x, c}, {y});
  writer.output(y);
  return writer;
}

TEST(Lower, AddsUniformConstantsByTable) {
  for (const GraphWriter& writer : {sum_with({}, {3}), sum_with({2}, {3, 3})}) {
    EXPECT_EQ(codes_of(lowered_of(writer.graph)), (std::vector<OpCode>{OpCode::kLookup8}));
    EXPECT_EQ(run(writer.graph, {{1, -2, 126, -128}}), (Codes{4, 1, 127, -125}));
  }
}

TEST(Lower, AddsConstantsThatDiffer) {
  const GraphWriter flat = sum_with({2, 2}, {1, 2, 3, 4});
  EXPECT_EQ(codes_of(lowered_of(flat.graph)), (std::vector<OpCode>{OpCode::kAddS8}));
  EXPECT_EQ(run(flat.graph, {{10, 20, 30, 40}}), (Codes{11, 22, 33, 44}));
  const GraphWriter column = sum_with({2, 1}, {1, 2});
  EXPECT_EQ(codes_of(lowered_of(column.graph)), (std::vector<OpCode>{OpCode::kAddBroadcastS8}));
  EXPECT_EQ(run(column.graph, {{10, 20, 30, 40}}), (Codes{11, 21, 32, 42}));
}

TEST(Lower, SubtractsInItsOrder) {
  for (const bool constant_first : {false, true}) {
    GraphWriter writer;
    const std::int32_t x = writer.input({2}, 1.0F, 0);
    const std::int32_t c = writer.codes({1}, 1.0F, 0, {10});
    const std::int32_t y = writer.tensor({2}, 1.0F, 0);
    const std::vector<std::int32_t> operands = {constant_first ? c : x, constant_first ? x : c};
    writer.op(Kind::kSub, operands, {y});
    writer.output(y);
    EXPECT_EQ(run(writer.graph, {{3, 30}}), constant_first ? (Codes{7, -20}) : (Codes{-7, 20}));
  }
}

TEST(Lower, MultipliesATensorWithItself) {
  GraphWriter writer;
  const std::int32_t x = writer.input({3}, 1.0F, 1);
  const std::int32_t y = writer.tensor({3}, 1.0F, 0);
  writer.op(Kind::kMul, {x, x}, {y});
  writer.output(y);
  EXPECT_EQ(run(writer.graph, {{4, -2, 50}}), (Codes{9, 9, 127}));
}

TEST(Lower, MultipliesWhatRepeatsOnBothSides) {
  GraphWriter writer;
  const std::int32_t a = writer.input({2, 1, 2}, 1.0F, 0);
  const std::int32_t b = writer.input({3, 1}, 1.0F, 0);
  const std::int32_t y = writer.tensor({2, 3, 2}, 1.0F, 0);
  writer.op(Kind::kMul, {a, b}, {y});
  writer.output(y);
  EXPECT_EQ(run(writer.graph, {{1, 2, 3, 4}, {1, 10, 20}}),
            (Codes{1, 2, 10, 20, 20, 40, 3, 4, 30, 40, 60, 80}));
}

TEST(Lower, QuantisesToUint8AndBack) {
  GraphWriter writer;
  const std::int32_t x = writer.input({3}, 1.0F, 0);
  const std::int32_t u = writer.tensor({3}, 0.5F, 100);
  const std::int32_t i = writer.tensor({3}, 1.0F, -10);
  const std::int32_t v = writer.tensor({3}, 1.0F, 118);
  const std::int32_t y = writer.tensor({3}, 1.0F, 0);
  writer.at(x).type = ElementType::kFloat32;
  writer.at(u).type = ElementType::kUint8;
  writer.at(v).type = ElementType::kUint8;
  writer.at(y).type = ElementType::kFloat32;
  writer.op(Kind::kQuantize, {x}, {u});
  writer.op(Kind::kQuantize, {u}, {i});
  writer.op(Kind::kQuantize, {i}, {v});
  writer.op(Kind::kDequantize, {v}, {y});
  writer.output(u);
  writer.output(y);
  test::LoweredRunner runner(lowered_of(writer.graph));
  const std::vector<float> in = {-50.0F, 3.5F, 1000.0F};
  const Bytes bytes = std::as_bytes(std::span(in));
  const test::Tensors out = runner.run({{bytes.begin(), bytes.end()}});
  EXPECT_EQ(int8_codes(out.at(0)), (Codes{0, 107, -1}));  // 0, 107, 255
  EXPECT_EQ(floats_of(out.at(1)), (std::vector<float>{-50.0F, 4.0F, 78.0F}));
}

TEST(Lower, RescalesReluToTheScaleOfItsOutput) {
  const auto relu = [](Kind kind) {
    GraphWriter writer;
    const std::int32_t x = writer.input({4}, 0.5F, 0);
    const std::int32_t y = writer.tensor({4}, 0.25F, -20);
    writer.op(kind, {x}, {y});
    writer.output(y);
    return run(writer.graph, {{-8, -1, 4, 100}});
  };
  EXPECT_EQ(relu(Kind::kRelu), (Codes{-20, -20, -12, 127}));
  EXPECT_EQ(relu(Kind::kReluN1To1), (Codes{-24, -22, -16, -16}));
  EXPECT_EQ(relu(Kind::kRelu6), (Codes{0, 0, 4, 12}));  // as the reference: codes stay
}

/// FULLY_CONNECTED of two inputs and one output with this bias; input scale 1, output scale 2^23.
GraphWriter one_output(const Codes& weights, std::int32_t bias) {
  GraphWriter writer;
  const std::int32_t x = writer.input({1, 2}, 1.0F, 0);
  const std::int32_t w = writer.codes({1, 2}, 1.0F, 0, weights);
  const std::int32_t b = writer.ints({bias});
  const std::int32_t y = writer.tensor({1, 1}, 8388608.0F, 0);
  writer.op(Kind::kFullyConnected, {x, w, b}, {y});
  writer.output(y);
  return writer;
}

TEST(Lower, MakesChannelsThatAreAllBiasConstant) {
  const GraphWriter writer = one_output({1, -1}, (1 << 30) + 4000);
  const lowered::Network network = lowered_of(writer.graph);
  EXPECT_EQ(network.instructions.at(0).weights, (std::vector<std::int8_t>{0, 0}));
  EXPECT_LT(network.instructions[0].channels.at(0).bias, 1 << 16);
  EXPECT_EQ(run(writer.graph, {{100, -128}}), (Codes{127}));
  const GraphWriter negative = one_output({1, -1}, -1000 * (1 << 20) - 5);
  EXPECT_EQ(run(negative.graph, {{100, -128}}), (Codes{-125}));
}

TEST(Lower, RefusesSumsThatAreNotExactEverywhere) {
  GraphWriter writer = one_output({127, 127}, 1082130432);  // 64.5 * 2^24
  writer.at(3).scales = {16777216.0F};                      // the code depends on the weights
  expect_refused(writer, "exact below 2^30 only");
  expect_refused(one_output({127, 127}, INT32_MAX), "exact below 2^30 only");
  EXPECT_EQ(refusal_of(one_output({127, 127}, (1 << 30) - 64771).graph), "");
}

TEST(Lower, NamesTheOperatorThatItRefuses) {
  GraphWriter writer;
  const std::int32_t x = writer.input({1, 4, 4, 1}, 0.5F, 0);
  const std::int32_t y = writer.tensor({1, 4, 4, 1}, 0.25F, 0);
  writer.op(Kind::kMaxPool2d, {x}, {y}).sources = {3, 4};
  writer.output(y);
  expect_refused(writer,
                 "operators 3, 4 (MAX_POOL_2D): its input and output have different scales");
}

/// One operator from x to y of these quantisations.
GraphWriter one_to_one(Kind kind, nn::QuantParams in, nn::QuantParams out) {
  GraphWriter writer;
  const std::int32_t x = writer.input({1, 2, 2, 1}, in.scale, in.zero_point);
  const std::int32_t y = writer.tensor({1, 2, 2, 1}, out.scale, out.zero_point);
  writer.op(kind, {x}, {y}).options.alpha = 0.5F;
  writer.output(y);
  return writer;
}

TEST(Lower, RefusesQuantisationThatItsKernelsDoNotHave) {
  constexpr float kUnit = 1.0F / 256.0F;
  EXPECT_EQ(refusal_of(one_to_one(Kind::kSoftmax, {1.0F, 0}, {kUnit, -128}).graph), "");
  expect_refused(one_to_one(Kind::kSoftmax, {1.0F, 0}, {1.0F / 128.0F, -128}), "scale 1/256");
  expect_refused(one_to_one(Kind::kSoftmax, {1e-9F, 0}, {kUnit, -128}), "too small");
  expect_refused(one_to_one(Kind::kLogistic, {1.0F, 0}, {kUnit, -127}), "zero point -128");
  expect_refused(one_to_one(Kind::kTanh, {1.0F, 0}, {kUnit, 0}), "scale 0.007812");
  expect_refused(one_to_one(Kind::kRelu, {1e20F, 0}, {1e-20F, 0}), "which no kernel has");
  expect_refused(one_to_one(Kind::kAveragePool2d, {1.0F, 0}, {1.0F, 1}), "zero points");
}

TEST(Lower, RefusesSumsWhoseOutputScaleIsTooSmall) {
  GraphWriter writer = sum_with({2, 2}, {1, 2, 3, 4});
  writer.at(2).scales = {1e-7F};
  expect_refused(writer, "operator 0 (ADD): the scale of its output is too small");
}

TEST(Lower, RefusesABiasInAnotherScale) {
  GraphWriter writer = one_output({1, 1}, 5);
  writer.at(2).scales = {1e7F};
  expect_refused(writer, "is not that of input times weights");
}

TEST(Lower, RefusesImagesThatDoNotFitTheInstruction) {
  GraphWriter writer;
  const std::int32_t x = writer.input({1, 1, 65536, 1}, 1.0F, 0);
  const std::int32_t y = writer.tensor({1, 1, 65536, 1}, 1.0F, 0);
  writer.op(Kind::kMaxPool2d, {x}, {y});
  writer.output(y);
  expect_refused(writer, "the width of its input is 65536, more than 65535");
}

TEST(Lower, RefusesAnActivationOfAConcatenation) {
  GraphWriter writer;
  const std::int32_t x = writer.input({2}, 1.0F, 0);
  const std::int32_t y = writer.tensor({4}, 1.0F, 0);
  writer.op(Kind::kConcatenation, {x, x}, {y}).options.activation = graph::Activation::kRelu;
  writer.output(y);
  expect_refused(writer, "has an activation");
}

}  // namespace
}  // namespace aiot::toolkit
