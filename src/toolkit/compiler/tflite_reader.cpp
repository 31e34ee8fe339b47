// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "aiot/toolkit/compiler/graph.hpp"
#include "aiot_schema/tflite_generated.h"
#include "src/toolkit/compiler/graph_check.hpp"
#include "src/toolkit/compiler/graph_refusal.hpp"
#include "src/toolkit/compiler/graph_shapes.hpp"
#include "src/toolkit/compiler/tflite_reader_names.hpp"
#include "src/toolkit/compiler/tflite_reader_options.hpp"

namespace aiot::toolkit {
namespace {

using graph::Graph;
using graph::Refusal;
using graph::Tensor;

/// Far above any model for a microcontroller; passes that compare everything with everything stay
/// fast below.
constexpr std::size_t kMaxTensors = 65536;
constexpr std::size_t kMaxOperators = 8192;
constexpr std::size_t kMaxOperands = 1024;

/// An arena is addressed with 31 bits.
constexpr std::uint64_t kMaxBytes = 0x7FFF'FFFF;

constexpr std::size_t kMaxText = 200;

template <class T>
std::size_t size_of(const flatbuffers::Vector<T>* vector) {
  return vector == nullptr ? 0 : vector->size();
}

/// Entry `index`, which the verifier has seen.
template <class T>
auto at(const flatbuffers::Vector<T>* vector, std::size_t index) {
  if (index >= size_of(vector)) {
    throw Refusal("a list is shorter than it should be; the file is damaged");
  }
  if constexpr (std::is_arithmetic_v<T>) {
    // The verifier looks at where the list begins: numbers of 8 bytes may be misaligned in it.
    T value;
    std::memcpy(&value, vector->Data() + index * sizeof value, sizeof value);
    return flatbuffers::EndianScalar(value);
  } else {
    return vector->Get(static_cast<flatbuffers::uoffset_t>(index));
  }
}

/// Text of the file for messages and reports: printable ASCII, not too long.
std::string text_of(const flatbuffers::String* text) {
  std::string result;
  for (std::size_t i = 0; text != nullptr && i < std::min<std::size_t>(text->size(), kMaxText);
       ++i) {
    const char c = text->c_str()[i];
    result += c >= ' ' && c <= '~' ? c : '?';
  }
  return result;
}

std::vector<std::int32_t> indices_of(const flatbuffers::Vector<std::int32_t>* vector) {
  if (size_of(vector) > kMaxOperands) {
    throw Refusal("a list of tensors has " + std::to_string(vector->size()) +
                  " entries; the file is damaged");
  }
  return vector == nullptr ? std::vector<std::int32_t>{}
                           : std::vector<std::int32_t>(vector->begin(), vector->end());
}

/// Reads one model; every function throws `Refusal`.
class Reader {
 public:
  Reader(Bytes file, const tflite::Model& model);

  Graph read();

 private:
  void read_operator(std::uint32_t index);
  graph::Kind read_kind(const tflite::Operator& table, std::uint32_t index) const;
  void read_operand(const graph::Operator& op, std::int32_t index);
  void read_tensor(std::uint32_t index, const std::string& where);
  void read_dims(const tflite::Tensor& table, Tensor& tensor, const std::string& where) const;
  void read_quantisation(const tflite::Tensor& table, Tensor& tensor, const std::string& where);
  void read_data(const tflite::Tensor& table, Tensor& tensor, const std::string& where);
  [[nodiscard]] Bytes bytes_of(const tflite::Buffer& buffer, const std::string& where) const;
  void read_port(std::int32_t index, const char* what, std::vector<std::uint32_t>& ports);
  void spend(std::size_t bytes);
  void check_order() const;
  void check_made(const graph::Operator& op, std::vector<bool>& there) const;
  void check_size() const;

  Bytes file_;
  const tflite::Model& model_;
  const tflite::SubGraph& subgraph_;
  Graph graph_;
  std::vector<bool> known_;   ///< tensors that have been read
  std::uint64_t copied_ = 0;  ///< bytes of the file that are in the graph, some repeatedly
};

const tflite::SubGraph& only_subgraph(const tflite::Model& model) {
  if (model.version() != 3) {
    throw Refusal("the model has format version " + std::to_string(model.version()) +
                  ", this reads version 3; convert it again with a current TensorFlow");
  }
  const std::size_t count = size_of(model.subgraphs());
  if (count != 1) {
    throw Refusal("the model has " + std::to_string(count) +
                  " subgraphs (control flow, several signatures), one is supported; export one "
                  "function without IF, WHILE and CALL_ONCE");
  }
  return *at(model.subgraphs(), 0);
}

Reader::Reader(Bytes file, const tflite::Model& model)
    : file_(file), model_(model), subgraph_(only_subgraph(model)) {}

/// Buffers may be shared, but a graph is not many times larger than its file.
void Reader::spend(std::size_t bytes) {
  constexpr std::uint64_t kRepeats = 16;
  constexpr std::uint64_t kAlways = 1U << 16U;
  copied_ += bytes;
  if (copied_ > kAlways + kRepeats * file_.size()) {
    throw Refusal("constants of the model use the same bytes too often; the file is damaged");
  }
}

graph::Kind Reader::read_kind(const tflite::Operator& table, std::uint32_t index) const {
  const std::string where = "operator " + std::to_string(index);
  if (table.opcode_index() >= size_of(model_.operator_codes())) {
    throw Refusal(where + " has an operator code that is not in the file; the file is damaged");
  }
  const tflite::OperatorCode& code = *at(model_.operator_codes(), table.opcode_index());
  const std::int32_t number =
      std::max<std::int32_t>(code.deprecated_builtin_code(), code.builtin_code());
  constexpr std::int32_t kCustom = 32;
  if (const std::optional<graph::Kind> kind = kind_of(number)) {
    return *kind;
  }
  const std::string name = number == kCustom
                               ? "custom operator '" + text_of(code.custom_code()) + "'"
                               : builtin_name(number);
  throw Refusal(where + " (" + name +
                ") is not supported; build the model without it, or add a kernel: CONTRIBUTING, "
                "\"Adding an operator\"");
}

void Reader::read_dims(const tflite::Tensor& table,
                       Tensor& tensor,
                       const std::string& where) const {
  constexpr std::size_t kMaxDims = 8;
  if (size_of(table.shape()) > kMaxDims) {
    throw Refusal(where + " has " + std::to_string(size_of(table.shape())) +
                  " dimensions; at most " + std::to_string(nn::kMaxRank) + " are supported");
  }
  std::uint64_t bytes = nn::element_bytes(tensor.type);
  for (std::size_t i = 0; i < size_of(table.shape()); ++i) {
    const std::int32_t dim = at(table.shape(), i);
    if (dim < 0) {
      throw Refusal(where + " has a dimension that is not known (" + std::to_string(dim) +
                    "); convert the model with a fixed input shape");
    }
    tensor.dims.push_back(static_cast<std::uint32_t>(dim));
    bytes *= static_cast<std::uint32_t>(dim);
    if (bytes > kMaxBytes) {
      throw Refusal(where + " has more than 2^31 bytes; the file is damaged");
    }
  }
}

void Reader::read_quantisation(const tflite::Tensor& table,
                               Tensor& tensor,
                               const std::string& where) {
  const tflite::Quantization* quantisation = table.quantization();
  const auto* stored = quantisation == nullptr ? nullptr : quantisation->scale();
  if (stored == nullptr || stored->size() == 0) {
    return;  // also with zero points, minima and maxima alone
  }
  const std::size_t scales = stored->size();
  const std::size_t zero_points = size_of(quantisation->zero_point());
  const std::int32_t axis = quantisation->quantized_dimension();
  const bool per_channel = scales > 1;
  if (per_channel && (axis < 0 || static_cast<std::size_t>(axis) >= tensor.dims.size() ||
                      tensor.dims[static_cast<std::size_t>(axis)] != scales)) {
    if (tensor.type == nn::ElementType::kInt32) {
      return;  // biases, some with the axis of their weights: no kernel reads these scales
    }
    throw Refusal(where + " has " + std::to_string(scales) +
                  " scales, which fit none of its dimensions; the file is damaged");
  }
  spend(scales * sizeof(float));
  tensor.channel_axis = per_channel ? static_cast<std::uint32_t>(axis) : 0U;
  tensor.scales.assign(stored->begin(), stored->end());
  tensor.zero_points.assign(zero_points == scales ? scales : 1, 0);
  for (std::size_t i = 0; zero_points != 0 && i < tensor.zero_points.size(); ++i) {
    const std::int64_t zero_point = at(quantisation->zero_point(), i);
    if (zero_point < INT32_MIN || zero_point > INT32_MAX) {
      throw Refusal(where + " has a zero point outside of 32 bits; the file is damaged");
    }
    tensor.zero_points[i] = zero_point;
  }
  if (!per_channel && tensor.scales[0] == 0.0F) {  // some converters write this for "none"
    tensor.scales.clear();
    tensor.zero_points.clear();
  }
}

Bytes Reader::bytes_of(const tflite::Buffer& buffer, const std::string& where) const {
  if (buffer.offset() > 1) {  // 0: absent, 1: a writer's placeholder
    if (buffer.offset() > file_.size() || buffer.size() > file_.size() - buffer.offset()) {
      throw Refusal(where + " lies behind the end of the file; the file is cut");
    }
    return file_.subspan(buffer.offset(), buffer.size());
  }
  if (buffer.data() == nullptr) {
    return {};
  }
  return {reinterpret_cast<const std::byte*>(buffer.data()->data()), buffer.data()->size()};
}

void Reader::read_data(const tflite::Tensor& table, Tensor& tensor, const std::string& where) {
  if (table.external_buffer() != 0) {
    throw Refusal(where + " has its data in another file; convert to one file");
  }
  if (table.buffer() == 0 && size_of(model_.buffers()) == 0) {
    return;
  }
  if (table.buffer() >= size_of(model_.buffers())) {
    throw Refusal(where + " has a buffer that is not in the file; the file is damaged");
  }
  const Bytes data = bytes_of(*at(model_.buffers(), table.buffer()), where);
  tensor.constant = !data.empty() || tensor.bytes() == 0;
  if (tensor.constant && data.size() != tensor.bytes()) {
    throw Refusal(where + " has " + std::to_string(data.size()) + " bytes, shape " +
                  graph::text_of(tensor.dims) + " of " + graph::name_of(tensor.type) + " has " +
                  std::to_string(tensor.bytes()) + "; the file is damaged");
  }
  spend(data.size());
  tensor.data.assign(data.begin(), data.end());
}

/// What to do about a tensor type that we do not have.
std::string advice_about(const std::string& type) {
  if (type == "float16" || type == "bfloat16" || type == "float64") {
    return "; a full-integer int8 model is wanted: convert with post-training full-integer "
           "quantisation (a representative data set)";
  }
  return type == "int4" || type == "int2" || type == "uint4"
             ? "; weights below 8 bits are not supported yet, convert to int8"
             : "; int8 networks have no such tensors, convert to int8";
}

void Reader::read_tensor(std::uint32_t index, const std::string& where) {
  if (known_[index]) {
    return;
  }
  known_[index] = true;
  const tflite::Tensor& table = *at(subgraph_.tensors(), index);
  Tensor& tensor = graph_.tensors[index];
  tensor.name = text_of(table.name());
  if (tensor.name.empty()) {
    tensor.name = "tensor " + std::to_string(index);
  }
  const std::string what = where + "tensor '" + tensor.name + "'";
  const std::optional<nn::ElementType> type = element_type_of(table.type());
  if (!type) {
    const std::string name = tensor_type_name(table.type());
    throw Refusal(what + " is " + name + advice_about(name));
  }
  if (table.is_variable()) {
    throw Refusal(what + " is a variable; networks with a state are not supported yet");
  }
  if (table.sparsity() != nullptr) {
    throw Refusal(what + " is sparse; convert without sparsity (the zeros stay zeros)");
  }
  tensor.type = *type;
  read_dims(table, tensor, what);
  read_quantisation(table, tensor, what);
  read_data(table, tensor, what);
}

void Reader::read_operand(const graph::Operator& op, std::int32_t index) {
  if (index == graph::kAbsent) {
    return;
  }
  if (index < 0 || static_cast<std::size_t>(index) >= graph_.tensors.size()) {
    graph::refuse(op,
                  "tensor " + std::to_string(index) + " is not in the file; the file is damaged");
  }
  read_tensor(static_cast<std::uint32_t>(index), graph::label_of(op) + ": ");
}

void Reader::read_operator(std::uint32_t index) {
  const tflite::Operator& table = *at(subgraph_.operators(), index);
  graph::Operator op;
  op.kind = read_kind(table, index);
  op.sources = {index};
  op.inputs = indices_of(table.inputs());
  op.outputs = indices_of(table.outputs());
  read_options(table, op);
  for (const std::int32_t operand : op.inputs) {
    read_operand(op, operand);
  }
  for (const std::int32_t operand : op.outputs) {
    read_operand(op, operand);
  }
  graph_.operators.push_back(std::move(op));
}

void Reader::read_port(std::int32_t index, const char* what, std::vector<std::uint32_t>& ports) {
  const std::string where = std::string("an ") + what + " of the model, ";
  if (index < 0 || static_cast<std::size_t>(index) >= graph_.tensors.size()) {
    throw Refusal(where + "tensor " + std::to_string(index) +
                  ", is not in the file; the file is damaged");
  }
  ports.push_back(static_cast<std::uint32_t>(index));
  read_tensor(ports.back(), where);
  const Tensor& tensor = graph_.tensors[ports.back()];
  if (tensor.dims.size() > nn::kMaxRank || tensor.bytes() == 0) {
    throw Refusal(where + "'" + tensor.name + "', has shape " + graph::text_of(tensor.dims) +
                  "; up to " + std::to_string(nn::kMaxRank) + " dimensions above 0 are supported");
  }
}

/// Every tensor is there before it is read, and made once.
void Reader::check_order() const {
  std::vector<bool> there(graph_.tensors.size(), false);
  for (std::size_t i = 0; i < there.size(); ++i) {
    there[i] = graph_.tensors[i].constant;
  }
  for (const std::uint32_t input : graph_.inputs) {
    if (there[input]) {
      throw Refusal("input '" + graph_.tensors[input].name +
                    "' of the model is a constant, or twice an input; the file is damaged");
    }
    there[input] = true;
  }
  for (const graph::Operator& op : graph_.operators) {
    check_made(op, there);
  }
  for (const std::uint32_t output : graph_.outputs) {
    if (!there[output]) {
      throw Refusal("output '" + graph_.tensors[output].name +
                    "' of the model is made by no operator; the file is damaged");
    }
  }
}

/// One step of it: the inputs of `op` are there, its outputs were not and are now.
void Reader::check_made(const graph::Operator& op, std::vector<bool>& there) const {
  for (const std::int32_t operand : op.inputs) {
    if (operand != graph::kAbsent && !there[static_cast<std::size_t>(operand)]) {
      graph::refuse(op,
                    "reads tensor '" + graph_.tensors[static_cast<std::size_t>(operand)].name +
                        "' before anything has made it; the file is damaged");
    }
  }
  for (const std::int32_t operand : op.outputs) {
    if (operand == graph::kAbsent) {
      graph::refuse(op, "an output is missing; the file is damaged");
    }
    const auto index = static_cast<std::size_t>(operand);
    const bool empty = graph_.tensors[index].elements() == 0;
    if (empty || there[index]) {
      graph::refuse(op,
                    "its output '" + graph_.tensors[index].name + "' is " +
                        (empty ? "empty" : "there already") + "; the file is damaged");
    }
    there[index] = true;
  }
}

void Reader::check_size() const {
  std::uint64_t total = 0;
  for (const Tensor& tensor : graph_.tensors) {
    total += tensor.constant ? 0 : tensor.bytes();
  }
  if (total > kMaxBytes) {
    throw Refusal("the tensors of the model have " + std::to_string(total) +
                  " bytes; an arena has at most 2^31 - 1, use a smaller model");
  }
}

Graph Reader::read() {
  const std::size_t tensors = size_of(subgraph_.tensors());
  const std::size_t operators = size_of(subgraph_.operators());
  if (tensors > kMaxTensors || operators > kMaxOperators) {
    throw Refusal("the model has " + std::to_string(operators) + " operators and " +
                  std::to_string(tensors) + " tensors; at most " + std::to_string(kMaxOperators) +
                  " and " + std::to_string(kMaxTensors) + " are supported");
  }
  graph_.description = text_of(model_.description());
  graph_.tensors.resize(tensors);
  known_.assign(tensors, false);
  for (std::size_t i = 0; i < operators; ++i) {  // before tensors: names the operator first
    read_kind(*at(subgraph_.operators(), i), static_cast<std::uint32_t>(i));
  }
  for (std::size_t i = 0; i < operators; ++i) {
    read_operator(static_cast<std::uint32_t>(i));
  }
  for (const std::int32_t index : indices_of(subgraph_.inputs())) {
    read_port(index, "input", graph_.inputs);
  }
  for (const std::int32_t index : indices_of(subgraph_.outputs())) {
    read_port(index, "output", graph_.outputs);
  }
  if (graph_.inputs.empty() || graph_.outputs.empty()) {
    throw Refusal("the model has no inputs or no outputs; the file is damaged");
  }
  check_order();
  for (const graph::Operator& op : graph_.operators) {
    graph::resolve_operator(graph_, op);
  }
  check_size();
  return std::move(graph_);
}

/// The root of a verified FlatBuffer. Offsets of a file below 2^31 bytes are what FlatBuffers has.
const tflite::Model& verified(Bytes file) {
  constexpr flatbuffers::uoffset_t kMaxDepth = 16;
  constexpr flatbuffers::uoffset_t kMaxTables = 1'000'000;
  constexpr std::size_t kIdentifierEnd = 8;
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(file.data());
  if (file.size() < kIdentifierEnd || !tflite::ModelBufferHasIdentifier(bytes)) {
    throw Refusal("this is not a .tflite file (no identifier TFL3); give one");
  }
  if (file.size() > kMaxBytes) {
    throw Refusal("the file has more than 2^31 bytes; use a smaller model");
  }
  flatbuffers::Verifier verifier(bytes, file.size(), kMaxDepth, kMaxTables);
  if (!tflite::VerifyModelBuffer(verifier)) {
    throw Refusal("the FlatBuffer does not verify: the file is cut or damaged; get it again");
  }
  return *tflite::GetModel(bytes);
}

/// FlatBuffers reads numbers where they lie; their alignment is that of the file's first byte.
bool is_aligned(Bytes file) {
  return reinterpret_cast<std::uintptr_t>(file.data()) % alignof(std::uint64_t) == 0;
}

}  // namespace

Loaded<Graph> read_tflite(Bytes file) {
  std::vector<std::byte> copy;
  if (!is_aligned(file)) {
    copy.assign(file.begin(), file.end());
    file = copy;
  }
  try {
    return Reader(file, verified(file)).read();
  } catch (const Refusal& refusal) {
    return Problem{refusal.what()};
  }
}

}  // namespace aiot::toolkit
