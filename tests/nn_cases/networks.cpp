// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include "tests/nn_cases/networks.hpp"

#include <numeric>
#include <stdexcept>

#include "aiot/toolkit/compiler/compile.hpp"
#include "tests/support/tflite_models.hpp"

namespace aiot::nn_cases {
namespace {

toolkit::NetworkSpec must_compile(const test::NamedModel& model,
                                  const toolkit::CompileOptions& options) {
  auto compiled = toolkit::compile_tflite(model.file, options);
  if (!compiled.ok()) {
    throw std::runtime_error(model.name + ": " + compiled.problem().text);
  }
  return std::move(compiled->network);
}

std::vector<std::byte> random_inputs(const toolkit::NetworkSpec& network, toolkit::Random& random) {
  std::vector<std::byte> inputs;
  for (const nn::TensorInfo& tensor : network.inputs) {
    Layer like;
    like.values = tensor.type == nn::ElementType::kFloat32 ? Values::kFloats : Values::kUniform;
    const std::vector<std::byte> input = make_input(like, tensor.bytes, random);
    inputs.insert(inputs.end(), input.begin(), input.end());
  }
  return inputs;
}

CaseSpec make_case(const test::NamedModel& model,
                   const toolkit::Target& target,
                   toolkit::Random random) {
  constexpr int kVectors = 2;
  const toolkit::NetworkSpec shipped = must_compile(model, {&target, false});
  const toolkit::NetworkSpec plain = must_compile(model, {&toolkit::ref_target(), true});
  std::size_t bytes = 0;
  for (const nn::TensorInfo& tensor : shipped.outputs) {
    bytes += tensor.bytes;
  }
  CaseSpec test;
  test.name = model.name;
  test.package = to_package(model.name, shipped);
  test.checked.resize(shipped.outputs.size());
  std::iota(test.checked.begin(), test.checked.end(), 0U);
  for (int i = 0; i < kVectors; ++i) {
    test.inputs.push_back(random_inputs(shipped, random));
    // The outputs of the network come first, then every tensor.
    test.outputs.push_back(reference_outputs(plain, test.inputs.back()));
    test.outputs.back().resize(bytes);
  }
  return test;
}

}  // namespace

std::vector<CaseSpec> make_networks(const toolkit::Target& target,
                                    const std::string& only,
                                    std::uint64_t seed,
                                    std::uint32_t count) {
  std::vector<test::NamedModel> models;
  for (const auto& group : {test::one_operator_models(), test::several_operator_models()}) {
    for (const test::NamedModel& model : group) {
      models.push_back({"model/" + model.name, model.file});
    }
  }
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::uint64_t number = seed * 1'000'000 + i;
    models.push_back({"network/" + std::to_string(number), test::random_network(number)});
  }
  std::vector<CaseSpec> cases;
  for (const test::NamedModel& model : models) {
    if (model.name.find(only) != std::string::npos) {
      cases.push_back(make_case(model, target, toolkit::Random(seed, cases.size())));
    }
  }
  return cases;
}

}  // namespace aiot::nn_cases
