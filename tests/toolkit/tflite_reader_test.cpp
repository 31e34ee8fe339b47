// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// What `read_tflite` takes from a file, and what it says about files that it does not take.

#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "aiot/toolkit/compiler/graph.hpp"
#include "tests/support/test.hpp"
#include "tests/support/tflite_models.hpp"
#include "tests/support/tflite_networks.hpp"
#include "tests/support/tflite_writer.hpp"

namespace aiot::toolkit {
namespace {

using graph::Graph;
using test::ModelSpec;
using test::NetworkWriter;
using test::OperatorSpec;
using test::TensorSpec;
using test::TensorType;
using test::TfliteOp;
using test::Value;

/// CONV_2D with two channels, then SOFTMAX; tensors: 0 x, 1 weights, 2 bias, 3 y, 4 z.
ModelSpec small_model() {
  ModelSpec model;
  model.tensors = {
      {"x", TensorType::kInt8, {1, 4, 6, 1}, {{0.5F}, {-3}, 0}, {}, false},
      {"w",
       TensorType::kInt8,
       {2, 2, 3, 1},
       {{0.25F, 0.125F}, {0, 0}, 0},
       test::bytes_of(std::vector<std::int8_t>{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}),
       false},
      {"b",
       TensorType::kInt32,
       {2},
       {{0.125F, 0.0625F}, {0, 0}, 0},
       test::bytes_of(std::vector<std::int32_t>{100, -100}),
       false},
      {"y", TensorType::kInt8, {1, 2, 2, 2}, {{1.0F}, {7}, 0}, {}, false},
      {"z", TensorType::kInt8, {1, 2, 2, 2}, {{1.0F / 256.0F}, {-128}, 0}, {}, false},
  };
  using Byte = std::int8_t;
  using Int = std::int32_t;
  OperatorSpec conv{TfliteOp::kConv2d, {0, 1, 2}, {3}, 1, {}, ""};
  conv.options = {{0, Byte{1}}, {1, Int{2}}, {2, Int{1}}, {3, Byte{3}}, {4, Int{1}}, {5, Int{2}}};
  OperatorSpec softmax{TfliteOp::kSoftmax, {3}, {4}, 9, {{0, 0.5F}}, ""};
  model.operators = {conv, softmax};
  model.inputs = {0};
  model.outputs = {4};
  return model;
}

Graph read(const ModelSpec& model) {
  const std::vector<std::byte> file = test::write_tflite(model);
  Loaded<Graph> graph = read_tflite(file);
  EXPECT_TRUE(graph.ok()) << (graph.ok() ? "" : graph.problem().text);
  return graph.ok() ? *graph : Graph{};
}

std::string refusal_of(Bytes file) {
  const Loaded<Graph> graph = read_tflite(file);
  return graph.ok() ? "" : graph.problem().text;
}

/// Expects that the small model, changed by `spoil`, is refused with a message that has `text`.
void expect_refused(const std::string& text, const std::function<void(ModelSpec&)>& spoil) {
  ModelSpec model = small_model();
  spoil(model);
  const std::string said = refusal_of(test::write_tflite(model));
  EXPECT_NE(said.find(text), std::string::npos) << "wanted: " << text << "\nsaid:   " << said;
  EXPECT_NE(said.find(';'), std::string::npos) << "no advice: " << said;
}

/// The change that gives an option of operator `op` another value.
std::function<void(ModelSpec&)> with_option(std::size_t op, const test::OptionField& field) {
  return [=](ModelSpec& model) {
    for (test::OptionField& known : model.operators[op].options) {
      known = known.id == field.id ? field : known;
    }
  };
}

TEST(ReadTflite, TakesTensorsAsTheFileHasThem) {
  const Graph graph = read(small_model());
  ASSERT_EQ(graph.tensors.size(), 5U);
  const graph::Tensor& x = graph.tensors[0];
  EXPECT_EQ(x.name, "x");
  EXPECT_EQ(x.dims, (std::vector<std::uint32_t>{1, 4, 6, 1}));
  EXPECT_EQ(x.scale(), 0.5F);
  EXPECT_EQ(x.zero_point(), -3);
  EXPECT_FALSE(x.constant);
  const graph::Tensor& weights = graph.tensors[1];
  EXPECT_TRUE(weights.constant);
  EXPECT_EQ(weights.scales, (std::vector<float>{0.25F, 0.125F}));
  EXPECT_EQ(weights.channel_axis, 0U);
  EXPECT_EQ(weights.data.size(), 12U);
  EXPECT_EQ(graph.tensors[2].type, nn::ElementType::kInt32);
  EXPECT_EQ(graph.description, "made for a test");
  EXPECT_EQ(graph.inputs, (std::vector<std::uint32_t>{0}));
  EXPECT_EQ(graph.outputs, (std::vector<std::uint32_t>{4}));
}

TEST(ReadTflite, TakesOperatorsWithTheirOptions) {
  const Graph graph = read(small_model());
  ASSERT_EQ(graph.operators.size(), 2U);
  const graph::Operator& conv = graph.operators[0];
  EXPECT_EQ(conv.kind, graph::Kind::kConv2d);
  EXPECT_EQ(conv.inputs, (std::vector<std::int32_t>{0, 1, 2}));
  EXPECT_EQ(conv.outputs, (std::vector<std::int32_t>{3}));
  EXPECT_EQ(conv.sources, (std::vector<std::uint32_t>{0}));
  EXPECT_EQ(conv.options.padding, graph::Padding::kValid);
  EXPECT_EQ(conv.options.stride_w, 2U);
  EXPECT_EQ(conv.options.stride_h, 1U);
  EXPECT_EQ(conv.options.dilation_h, 2U);
  EXPECT_EQ(conv.options.activation, graph::Activation::kRelu6);
  EXPECT_EQ(graph.operators[1].options.beta, 0.5F);
}

TEST(ReadTflite, TakesEveryOperatorOfTheList) {
  for (const test::NamedModel& model : test::one_operator_models()) {
    EXPECT_EQ(refusal_of(model.file), "") << model.name;
  }
}

TEST(ReadTflite, TakesDataBehindTheFlatBuffer) {
  ModelSpec model = small_model();
  const Graph inside = read(model);
  model.data_outside = true;
  const Graph outside = read(model);
  EXPECT_TRUE(outside.tensors.at(1).data == inside.tensors.at(1).data);
  EXPECT_TRUE(outside.tensors.at(2).data == inside.tensors.at(2).data);
  std::vector<std::byte> cut = test::write_tflite(model);
  cut.pop_back();
  EXPECT_NE(refusal_of(cut).find("behind the end"), std::string::npos) << refusal_of(cut);
}

TEST(ReadTflite, TakesOperatorCodesOfOldFiles) {
  ModelSpec model = small_model();
  model.old_codes = true;
  EXPECT_EQ(read(model).operators.at(1).kind, graph::Kind::kSoftmax);
}

TEST(ReadTflite, TakesFilesAtAnyAddress) {
  const std::vector<std::byte> file = test::write_tflite(small_model());
  for (std::size_t shift = 0; shift < 8; ++shift) {
    std::vector<std::byte> moved(shift, std::byte{0});
    moved.insert(moved.end(), file.begin(), file.end());
    EXPECT_EQ(refusal_of(Bytes(moved).subspan(shift)), "") << shift;
  }
}

TEST(ReadTflite, IsTolerantWhereNothingCanGoWrong) {
  ModelSpec model = small_model();
  model.tensors[0].quantisation.zero_points = {};   // absent: 0
  model.tensors[1].quantisation.zero_points = {0};  // one for all channels
  model.tensors[2].quantisation = {};               // a bias needs none
  model.tensors[3].shape = {};                      // resolved from its operator
  model.tensors[4].shape = {2, 2, 2};               // dims of 1 change no byte
  model.tensors.push_back({"unused", TensorType::kFloat16, {3, -1}, {}, {}, true});
  const Graph graph = read(model);
  EXPECT_EQ(graph.tensors.at(0).zero_point(), 0);
  EXPECT_EQ(graph.tensors.at(3).dims, (std::vector<std::uint32_t>{1, 2, 2, 2}));
}

TEST(ReadTflite, PrintsNamesInOneLine) {
  ModelSpec model = small_model();
  model.tensors[0].name = "serving\n\x01\xFF:0";
  EXPECT_EQ(read(model).tensors.at(0).name, "serving???:0");
  model.tensors[0].name = "";
  EXPECT_EQ(read(model).tensors.at(0).name, "tensor 0");
}

TEST(ReadTflite, RefusesWhatIsNoModel) {
  EXPECT_NE(refusal_of({}).find("not a .tflite file"), std::string::npos);
  std::vector<std::byte> file = test::write_tflite(small_model());
  std::vector<std::byte> renamed = file;
  renamed[4] = std::byte{'X'};
  EXPECT_NE(refusal_of(renamed).find("TFL3"), std::string::npos);
  for (std::size_t size = 8; size < file.size() - 16; ++size) {
    EXPECT_NE(refusal_of(Bytes(file).first(size)), "") << size;
  }
}

TEST(ReadTflite, RefusesOtherVersionsAndSeveralSubgraphs) {
  expect_refused("format version 2", [](ModelSpec& m) { m.version = 2; });
  expect_refused("2 subgraphs", [](ModelSpec& m) { m.subgraphs = 2; });
  expect_refused("0 subgraphs", [](ModelSpec& m) { m.subgraphs = 0; });
}

TEST(ReadTflite, NamesOperatorsThatItDoesNotHave) {
  expect_refused("operator 1 (HARD_SWISH) is not supported",
                 [](ModelSpec& m) { m.operators[1].code = TfliteOp::kHardSwish; });
  expect_refused("operator 1 (SVDF)", [](ModelSpec& m) { m.operators[1].code = TfliteOp::kSvdf; });
  expect_refused("operator 1 (builtin operator 209)",
                 [](ModelSpec& m) { m.operators[1].code = static_cast<TfliteOp>(209); });
  expect_refused("operator 1 (custom operator 'AudioSpectrogram')", [](ModelSpec& m) {
    m.operators[1].code = TfliteOp::kCustom;
    m.operators[1].custom_code = "AudioSpectrogram";
  });
}

TEST(ReadTflite, TellsFloatAndHybridModelsHowToBecomeInt8) {
  const auto as_float = [](TensorSpec& tensor) {
    tensor.type = TensorType::kFloat32;
    tensor.quantisation = {};
    tensor.data.resize(tensor.data.size() * 4);
  };
  const auto float_model = [&](ModelSpec& m) {
    for (const std::size_t i : {0U, 1U, 3U, 4U}) {
      as_float(m.tensors[i]);
    }
  };
  expect_refused("operator 0 (CONV_2D): computes with floats", float_model);
  expect_refused("representative data set", float_model);
  const auto hybrid = [&](ModelSpec& m) {
    as_float(m.tensors[0]);
    as_float(m.tensors[3]);
  };
  expect_refused("int8 weights and float32 activations", hybrid);
  expect_refused("inference_input_type", hybrid);
  expect_refused("float16", [](ModelSpec& m) {
    m.tensors[1].type = TensorType::kFloat16;
    m.tensors[1].data.resize(24);
  });
}

TEST(ReadTflite, NamesTypesThatItDoesNotHave) {
  expect_refused("int16 activations", [](ModelSpec& m) { m.tensors[0].type = TensorType::kInt16; });
  expect_refused("uint8", [](ModelSpec& m) { m.tensors[3].type = TensorType::kUint8; });
  expect_refused("weights below 8 bits",
                 [](ModelSpec& m) { m.tensors[1].type = TensorType::kInt4; });
  expect_refused("is a variable", [](ModelSpec& m) { m.tensors[3].variable = true; });
  expect_refused("is not int32", [](ModelSpec& m) {
    m.tensors[2].type = TensorType::kInt64;
    m.tensors[2].data.resize(16);
  });
}

TEST(ReadTflite, RefusesIndicesThatPointNowhere) {
  expect_refused("tensor 5 is not in the file", [](ModelSpec& m) { m.operators[1].inputs = {5}; });
  expect_refused("tensor -2 is not in the file",
                 [](ModelSpec& m) { m.operators[1].inputs = {-2}; });
  expect_refused("input 0 is missing", [](ModelSpec& m) { m.operators[1].inputs = {-1}; });
  expect_refused("an output is missing", [](ModelSpec& m) { m.operators[1].outputs = {-1}; });
  expect_refused("an output of the model, tensor 9", [](ModelSpec& m) { m.outputs = {9}; });
  expect_refused("no inputs or no outputs", [](ModelSpec& m) { m.outputs = {}; });
  expect_refused("has 2 inputs, not 1", [](ModelSpec& m) { m.operators[1].inputs = {3, 0}; });
}

TEST(ReadTflite, RefusesOperatorsThatCanNotRunInOrder) {
  expect_refused("reads tensor 'y' before",
                 [](ModelSpec& m) { std::swap(m.operators[0], m.operators[1]); });
  expect_refused("there already", [](ModelSpec& m) { m.operators[1].outputs = {3}; });
  expect_refused("there already", [](ModelSpec& m) { m.operators[1].outputs = {0}; });
  expect_refused("made by no operator", [](ModelSpec& m) { m.operators.pop_back(); });
  expect_refused("is a constant, or twice", [](ModelSpec& m) { m.inputs = {0, 0}; });
  expect_refused("is a constant, or twice", [](ModelSpec& m) { m.inputs = {0, 1}; });
}

TEST(ReadTflite, RefusesShapesThatDoNotFit) {
  expect_refused("its output has shape [1, 2, 3, 2], its inputs give [1, 2, 2, 2]",
                 [](ModelSpec& m) {
                   m.tensors[3].shape = {1, 2, 3, 2};
                 });
  expect_refused("has 12 bytes, shape [2, 2, 3, 2]", [](ModelSpec& m) {
    m.tensors[1].shape = {2, 2, 3, 2};
  });
  expect_refused("convert the model with a fixed input shape", [](ModelSpec& m) {
    m.tensors[0].shape = {-1, 4, 6, 1};
  });
  expect_refused("dimensions above 0", [](ModelSpec& m) { m.tensors[0].shape = {0, 4, 6, 1}; });
  expect_refused("its output 'y' is empty", [](ModelSpec& m) {
    m.tensors[3].shape = {1, 0, 2, 2};
  });
  expect_refused("more than 2^31 bytes", [](ModelSpec& m) {
    m.tensors[0].shape = {65536, 65536, 65536, 65536};
  });
  expect_refused("up to 6 dimensions", [](ModelSpec& m) {
    m.tensors[0].shape = {1, 1, 1, 1, 4, 6, 1};
  });
  expect_refused("bias [3] for 2 outputs", [](ModelSpec& m) {
    m.tensors[2].shape = {3};
    m.tensors[2].data.resize(12);
    m.tensors[2].quantisation = {};
  });
  expect_refused("window is larger than its image", with_option(0, {5, std::int32_t{100}}));
}

TEST(ReadTflite, RefusesQuantisationThatCanNotBe) {
  constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
  expect_refused("has no scale", [](ModelSpec& m) { m.tensors[0].quantisation = {}; });
  expect_refused("has no scale", [](ModelSpec& m) { m.tensors[0].quantisation.scales = {-1.0F}; });
  expect_refused("has no scale", [=](ModelSpec& m) { m.tensors[0].quantisation.scales = {kNan}; });
  expect_refused("has no scale", [](ModelSpec& m) { m.tensors[0].quantisation.scales = {0.0F}; });
  expect_refused("zero point 128",
                 [](ModelSpec& m) { m.tensors[0].quantisation.zero_points = {128}; });
  expect_refused("outside of 32 bits",
                 [](ModelSpec& m) { m.tensors[0].quantisation.zero_points = {1LL << 40}; });
  expect_refused("zero point 1 of weights", [](ModelSpec& m) {
    m.tensors[1].quantisation.zero_points = {0, 1};
  });
  expect_refused("neither one scale nor one per output channel",
                 [](ModelSpec& m) { m.tensors[1].quantisation.axis = 1; });
  expect_refused("fit none of its dimensions",
                 [](ModelSpec& m) { m.tensors[1].quantisation.axis = 4; });
}

TEST(ReadTflite, TakesABiasWhoseScalesNameTheAxisOfItsWeights) {
  ModelSpec model = small_model();
  model.tensors[2].quantisation.axis = 3;
  const Graph graph = read(model);
  EXPECT_TRUE(graph.tensors.at(2).scales.empty());
}

TEST(ReadTflite, RefusesOptionsThatCanNotBe) {
  expect_refused("option padding is 7", with_option(0, {0, std::int8_t{7}}));
  expect_refused("option stride_w is 0", with_option(0, {1, std::int32_t{0}}));
  expect_refused("option stride_h is -1", with_option(0, {2, std::int32_t{-1}}));
  expect_refused("option fused_activation_function is 9", with_option(0, {3, std::int8_t{9}}));
  expect_refused("options of another operator", [](ModelSpec& m) {
    m.operators[0].options_type = 9;
    m.operators[0].options = {};
  });
  expect_refused("options of another operator",
                 [](ModelSpec& m) { m.operators[0].options_type = 0; });
}

TEST(ReadTflite, RefusesMoreActivationsThanAnArenaHas) {
  NetworkWriter writer(1);
  Value x = writer.input({1024, 1024, 1024}, 0.5F, 0);
  for (int i = 0; i < 3; ++i) {
    x = writer.relu(x, 0.5F, 0);
  }
  EXPECT_NE(refusal_of(writer.finish({x})).find("an arena has at most 2^31 - 1"),
            std::string::npos);
}

}  // namespace
}  // namespace aiot::toolkit
