// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include <cstring>

#include "aiot/toolkit/compiler/compile.hpp"
#include "tests/support/test.hpp"

namespace aiot::toolkit {
namespace {

using graph::Graph;
using graph::Kind;
using graph::Tensor;

template <class T>
std::vector<std::byte> bytes_of(const std::vector<T>& values) {
  std::vector<std::byte> bytes(values.size() * sizeof(T));
  std::memcpy(bytes.data(), values.data(), bytes.size());
  return bytes;
}

std::int32_t add(Graph& graph, Tensor tensor) {
  graph.tensors.push_back(std::move(tensor));
  return static_cast<std::int32_t>(graph.tensors.size() - 1);
}

Tensor activation(std::vector<std::uint32_t> dims) {
  Tensor tensor;
  tensor.dims = std::move(dims);
  tensor.scales = {0.5F};
  tensor.zero_points = {4};
  return tensor;
}

template <class T>
Tensor constant(nn::ElementType type,
                std::vector<std::uint32_t> dims,
                const std::vector<T>& values) {
  Tensor tensor = activation(std::move(dims));
  tensor.type = type;
  tensor.constant = true;
  tensor.data = bytes_of(values);
  return tensor;
}

Tensor ints(const std::vector<std::int32_t>& values) {
  return constant(nn::ElementType::kInt32, {static_cast<std::uint32_t>(values.size())}, values);
}

void append(Graph& graph, Kind kind, std::vector<std::int32_t> inputs, std::int32_t output) {
  const auto number = static_cast<std::uint32_t>(graph.operators.size());
  graph.operators.push_back({kind, std::move(inputs), {output}, {}, {number}});
}

/// x -> PAD -> CONV_2D 3x3 -> y, with what the tests vary.
struct Padded {
  Graph graph;
  std::int32_t x = 0;
  std::int32_t padded = 0;
  std::vector<std::string> notes;

  explicit Padded(const std::vector<std::int32_t>& amounts) {
    x = add(graph, activation({1, 8, 8, 2}));
    padded = add(graph,
                 activation({1,
                             8 + static_cast<std::uint32_t>(amounts[2] + amounts[3]),
                             8 + static_cast<std::uint32_t>(amounts[4] + amounts[5]),
                             2 + static_cast<std::uint32_t>(amounts[6] + amounts[7])}));
    const std::int32_t paddings = add(graph, ints(amounts));
    const std::int32_t weights =
        add(graph, constant(nn::ElementType::kInt8, {1, 3, 3, 2}, std::vector<std::int8_t>(18, 1)));
    const std::int32_t y = add(graph, activation({1, 8, 8, 1}));
    append(graph, Kind::kPad, {x, paddings}, padded);
    append(graph, Kind::kConv2d, {padded, weights, graph::kAbsent}, y);
    graph.inputs = {static_cast<std::uint32_t>(x)};
    graph.outputs = {static_cast<std::uint32_t>(y)};
  }
};

TEST(Simplify, APadBecomesExplicitPadding) {
  Padded made({0, 0, 1, 2, 3, 0, 0, 0});
  simplify(made.graph, made.notes);
  ASSERT_EQ(made.graph.operators.size(), 1U);
  const graph::Operator& op = made.graph.operators[0];
  EXPECT_EQ(op.inputs[0], made.x);
  EXPECT_EQ(static_cast<int>(op.options.padding), static_cast<int>(graph::Padding::kExplicit));
  EXPECT_EQ(op.options.pad_top, 1U);
  EXPECT_EQ(op.options.pad_bottom, 2U);
  EXPECT_EQ(op.options.pad_left, 3U);
  EXPECT_EQ(op.options.pad_right, 0U);
  EXPECT_EQ(op.sources, (std::vector<std::uint32_t>{0, 1}));
  EXPECT_EQ(made.notes.size(), 1U);
}

TEST(Simplify, APadBeforeSamePaddingAddsUp) {
  Padded made({0, 0, 1, 1, 0, 0, 0, 0});
  made.graph.operators[1].options.padding = graph::Padding::kSame;
  simplify(made.graph, made.notes);
  ASSERT_EQ(made.graph.operators.size(), 1U);
  EXPECT_EQ(made.graph.operators[0].options.pad_top, 2U);
  EXPECT_EQ(made.graph.operators[0].options.pad_left, 1U);
}

TEST(Simplify, APadOfChannelsStays) {
  Padded made({0, 0, 1, 1, 0, 0, 0, 1});
  simplify(made.graph, made.notes);
  EXPECT_EQ(made.graph.operators.size(), 2U);
}

TEST(Simplify, APadThatOthersReadStays) {
  Padded made({0, 0, 1, 1, 0, 0, 0, 0});
  made.graph.outputs.push_back(static_cast<std::uint32_t>(made.padded));
  simplify(made.graph, made.notes);
  EXPECT_EQ(made.graph.operators.size(), 2U);
  made.graph.outputs.pop_back();
  append(made.graph, Kind::kMaxPool2d, {made.padded}, add(made.graph, activation({1, 8, 8, 2})));
  simplify(made.graph, made.notes);
  EXPECT_EQ(made.graph.operators.size(), 3U);
  EXPECT_TRUE(made.notes.empty());
}

TEST(Simplify, APadThatChangesTheQuantisationStays) {
  Padded made({0, 0, 1, 1, 0, 0, 0, 0});
  made.graph.tensors[static_cast<std::size_t>(made.padded)].scales = {0.25F};
  simplify(made.graph, made.notes);
  EXPECT_EQ(made.graph.operators.size(), 2U);
}

TEST(Simplify, ConstantsAreFolded) {
  Graph graph;
  const std::int32_t values =
      add(graph, constant(nn::ElementType::kFloat32, {2, 3}, std::vector<float>{0, 1, 2, 3, 4, 5}));
  const std::int32_t codes = add(graph, activation({2, 3}));
  const std::int32_t turned = add(graph, activation({3, 2}));
  const std::int32_t flat = add(graph, activation({6}));
  append(graph, Kind::kQuantize, {values}, codes);
  append(graph, Kind::kTranspose, {codes, add(graph, ints({1, 0}))}, turned);
  append(graph, Kind::kReshape, {turned, add(graph, ints({6}))}, flat);
  std::vector<std::string> notes;
  simplify(graph, notes);
  EXPECT_TRUE(graph.operators.empty());
  EXPECT_EQ(notes.size(), 3U);
  const Tensor& result = graph.tensors[static_cast<std::size_t>(flat)];
  EXPECT_TRUE(result.constant);
  EXPECT_EQ(result.data, bytes_of(std::vector<std::int8_t>{4, 10, 6, 12, 8, 14}));
}

TEST(FoldConstants, TheOperatorsStay) {
  Graph graph;
  const std::int32_t values =
      add(graph, constant(nn::ElementType::kInt8, {2}, std::vector<std::int8_t>{1, 2}));
  const std::int32_t flat = add(graph, activation({2, 1}));
  append(graph, Kind::kReshape, {values}, flat);
  std::vector<std::string> notes;
  fold_constants(graph, notes);
  EXPECT_EQ(graph.operators.size(), 1U);
  EXPECT_EQ(notes.size(), 1U);
  EXPECT_TRUE(graph.tensors[static_cast<std::size_t>(flat)].constant);
}

TEST(Simplify, AConstantThatIsAnOutputStays) {
  Graph graph;
  const std::int32_t values =
      add(graph, constant(nn::ElementType::kInt8, {2}, std::vector<std::int8_t>{1, 2}));
  const std::int32_t out = add(graph, activation({2, 1}));
  append(graph, Kind::kReshape, {values}, out);
  graph.outputs = {static_cast<std::uint32_t>(out)};
  std::vector<std::string> notes;
  simplify(graph, notes);
  EXPECT_EQ(graph.operators.size(), 1U);
}

}  // namespace
}  // namespace aiot::toolkit
