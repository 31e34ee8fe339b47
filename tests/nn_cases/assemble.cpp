// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include "tests/nn_cases/assemble.hpp"

#include <algorithm>
#include <cstring>
#include <stdexcept>

#include "aiot/nn/executor.hpp"
#include "aiot/nn/ref/kernels.hpp"
#include "aiot/toolkit/compiler/instruction.hpp"
#include "aiot/toolkit/package_writer.hpp"

namespace aiot::nn_cases {
namespace {

using toolkit::Random;

constexpr std::size_t kInputWord = 0;
constexpr std::size_t kOutputWord = 1;
constexpr std::size_t kOtherWord = 2;
constexpr std::size_t kTableWord = 2;
/// Bytes between neighbours in the arena that nobody may write.
constexpr std::uint32_t kGap = 16;

constexpr std::uint32_t round_up(std::uint32_t bytes, std::uint32_t step) {
  return (bytes + step - 1) / step * step;
}

/// Gives out the arena from the bottom.
class Cursor {
 public:
  explicit Cursor(Random& random) : random_(random) {}

  /// Offset of the next `bytes`; a multiple of 4, and 8 and 16 by chance only.
  std::uint32_t take(std::uint32_t bytes) {
    const std::uint32_t offset = at_ + kGap + 4 * random_.below(4);
    at_ = round_up(offset + bytes, 4);
    return offset;
  }

  [[nodiscard]] std::uint32_t size() const { return round_up(at_ + kGap, nn::kAlignment); }

 private:
  Random& random_;
  std::uint32_t at_ = 0;
};

nn::TensorInfo info(nn::OpCode code, std::uint32_t offset, std::uint32_t bytes, bool input) {
  nn::TensorInfo tensor;
  tensor.offset = offset;
  tensor.bytes = bytes;
  tensor.rank = 1;
  const bool floats = code == (input ? nn::OpCode::kQuantizeF32S8 : nn::OpCode::kDequantizeS8F32);
  tensor.type = floats ? nn::ElementType::kFloat32 : nn::ElementType::kInt8;
  tensor.dims[0] = bytes / nn::element_bytes(tensor.type);
  return tensor;
}

/// What of [0, size) is in none of `used`.
std::vector<Region> complement(std::vector<Region> used, std::uint32_t size) {
  std::sort(used.begin(), used.end(), [](Region a, Region b) { return a.offset < b.offset; });
  std::vector<Region> rest;
  std::uint32_t at = 0;
  for (const Region& region : used) {
    if (region.offset > at) {
      rest.push_back({at, region.offset - at});
    }
    at = std::max(at, region.offset + region.bytes);
  }
  if (at < size) {
    rest.push_back({at, size - at});
  }
  return rest;
}

void append_fill(std::vector<std::uint32_t>& program, std::uint32_t offset, std::uint32_t bytes) {
  nn::Fill fill;
  fill.output = offset;
  fill.bytes = bytes;
  fill.value = 0xA5;
  toolkit::append_instruction(program, nn::OpCode::kFill, toolkit::words_of(fill));
}

}  // namespace

Assembled assemble(const Layer& layer,
                   const toolkit::Target& target,
                   const Placement& placement,
                   Random& random) {
  Assembled made;
  std::vector<std::uint32_t> params = layer.params;
  toolkit::ConstantPool pool;
  Cursor cursor(random);
  std::vector<Region> used;
  std::uint32_t scratch_bytes = 0;
  if (!layer.channels.empty()) {
    const auto choices = target.scratch({layer.code, params});
    scratch_bytes = choices[std::min(placement.scratch, choices.size() - 1)];
    params[toolkit::kScratchWord + 1] = scratch_bytes;
    if (scratch_bytes != 0) {
      params[toolkit::kScratchWord] = cursor.take(scratch_bytes);
      used.push_back({params[toolkit::kScratchWord], scratch_bytes});
    }
    const auto packed = target.pack({layer.code, params}, layer.weights, layer.channels);
    params[toolkit::kWeightsWord] = pool.add(packed.weights);
    params[toolkit::kChannelsWord] = pool.add(packed.channels);
  }
  if (!layer.table.empty()) {
    params[kTableWord] = pool.add(layer.table);
  }
  const auto lead = target.lead({layer.code, params}, scratch_bytes);
  made.in_place = placement.overlap == Overlap::kInPlace && lead.has_value() && !layer.fills;
  // Of two operands in memory either may be the one that is overwritten.
  const bool two = layer.other_bytes != 0 && layer.constant.empty() && !layer.same_operands;
  const bool over_other = two && made.in_place && random.below(2) == 0;
  const std::uint32_t covered = over_other ? layer.other_bytes : layer.input_bytes;
  std::uint32_t operand = 0;  // the one that is overwritten, or the first
  if (made.in_place) {
    const std::uint32_t before = round_up(*lead, nn::kOperandAlignment);
    const std::uint32_t both = std::max(before + covered, layer.output_bytes);
    params[kOutputWord] = cursor.take(both);
    operand = params[kOutputWord] + before;
    used.push_back({params[kOutputWord], both});
  } else {
    operand = cursor.take(covered);
    params[kOutputWord] = cursor.take(layer.output_bytes);
    used.push_back({params[kOutputWord], layer.output_bytes});
  }
  params[kInputWord] = over_other ? cursor.take(layer.input_bytes) : operand;
  auto& network = made.network;
  network.inputs.push_back(info(layer.code, params[kInputWord], layer.input_bytes, true));
  if (!layer.constant.empty()) {
    params[kOtherWord] = pool.add(layer.constant) | nn::kConstantOperand;
  } else if (layer.same_operands) {
    params[kOtherWord] = params[kInputWord];
  } else if (two) {
    params[kOtherWord] = over_other ? operand : cursor.take(layer.other_bytes);
    network.inputs.push_back(info(layer.code, params[kOtherWord], layer.other_bytes, true));
  }
  network.outputs.push_back(info(layer.code, params[kOutputWord], layer.output_bytes, false));
  if (layer.fills) {
    append_fill(network.program, params[kOutputWord], layer.output_bytes);
  }
  toolkit::append_instruction(network.program, layer.code, params);
  network.weights = pool.bytes();
  network.arena_bytes = cursor.size();
  network.layout = target.layout();
  made.fixed = complement(used, network.arena_bytes);
  return made;
}

std::vector<std::byte> to_package(const std::string& name, const toolkit::NetworkSpec& network) {
  toolkit::PackageSpec spec;
  spec.name = name.substr(0, model::kMaxNameBytes);
  spec.network = network;
  std::string problem;
  auto package = toolkit::write_package(spec, problem);
  if (!package) {
    throw std::runtime_error(name + ": " + problem);
  }
  return *package;
}

std::vector<std::byte> reference_outputs(const toolkit::NetworkSpec& network,
                                         const std::vector<std::byte>& inputs) {
  struct alignas(nn::kAlignment) Block {
    std::byte bytes[nn::kAlignment];
  };

  const toolkit::AlignedBytes weights(network.weights);
  std::vector<Block> arena(network.arena_bytes / sizeof(Block) + 1);
  const nn::Network view{network.program,
                         weights.view(),
                         network.inputs,
                         network.outputs,
                         network.variables,
                         network.arena_bytes,
                         network.layout};
  nn::Executor executor(view, nn::ref::kernels, std::as_writable_bytes(std::span{arena}));
  std::size_t at = 0;
  for (std::size_t i = 0; i < network.inputs.size(); ++i) {
    const MutableBytes input = executor.input(i);
    std::memcpy(input.data(), &inputs[at], input.size());
    at += input.size();
  }
  (void)executor.run();
  std::vector<std::byte> outputs;
  for (std::size_t i = 0; i < network.outputs.size(); ++i) {
    const Bytes output = executor.output(i);
    outputs.insert(outputs.end(), output.begin(), output.end());
  }
  return outputs;
}

namespace {

void put(std::vector<std::byte>& file, const void* data, std::size_t bytes) {
  const std::size_t at = file.size();
  file.resize(at + padded(bytes));
  if (bytes != 0) {
    std::memcpy(&file[at], data, bytes);
  }
}

std::vector<std::byte> to_bytes(const CaseSpec& test) {
  CaseHeader header;
  header.name_bytes = static_cast<std::uint32_t>(test.name.size());
  header.package_bytes = static_cast<std::uint32_t>(test.package.size());
  header.fixed = static_cast<std::uint32_t>(test.fixed.size());
  header.checked = static_cast<std::uint32_t>(test.checked.size());
  header.vectors = static_cast<std::uint32_t>(test.inputs.size());
  header.input_bytes = static_cast<std::uint32_t>(test.inputs.front().size());
  header.output_bytes = static_cast<std::uint32_t>(test.outputs.front().size());
  std::vector<std::byte> bytes;
  put(bytes, &header, sizeof header);
  put(bytes, test.name.data(), test.name.size());
  put(bytes, test.package.data(), test.package.size());
  put(bytes, test.fixed.data(), test.fixed.size() * sizeof(Region));
  put(bytes, test.checked.data(), test.checked.size() * sizeof(std::uint32_t));
  for (std::size_t i = 0; i < test.inputs.size(); ++i) {
    put(bytes, test.inputs[i].data(), test.inputs[i].size());
    put(bytes, test.outputs[i].data(), test.outputs[i].size());
  }
  header.total_bytes = static_cast<std::uint32_t>(bytes.size());
  std::memcpy(bytes.data(), &header, sizeof header);
  return bytes;
}

}  // namespace

std::vector<std::byte> to_bytes(const std::vector<CaseSpec>& cases) {
  FileHeader header;
  header.cases = static_cast<std::uint32_t>(cases.size());
  std::vector<std::byte> file(sizeof header);
  for (const CaseSpec& test : cases) {
    const std::vector<std::byte> bytes = to_bytes(test);
    header.largest_case = std::max(header.largest_case, static_cast<std::uint32_t>(bytes.size()));
    file.insert(file.end(), bytes.begin(), bytes.end());
  }
  std::memcpy(file.data(), &header, sizeof header);
  return file;
}

}  // namespace aiot::nn_cases
