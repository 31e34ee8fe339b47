// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include "tests/support/tflite_writer.hpp"

#include <flatbuffers/flatbuffers.h>

#include <algorithm>
#include <type_traits>

namespace aiot::test {
namespace {

using Builder = flatbuffers::FlatBufferBuilder;

/// Something that is already in the buffer; what it is, the field says that refers to it.
using Ref = flatbuffers::Offset<void>;

/// Scalars and references of one table; everything it refers to must be written before it begins.
class Table {
 public:
  explicit Table(Builder& builder) : builder_(builder), start_(builder.StartTable()) {}

  template <class T>
  Table& scalar(std::uint16_t id, T value) {
    builder_.AddElement(position_of(id), value);
    return *this;
  }

  /// Leaves the field out when there is nothing to refer to.
  Table& reference(std::uint16_t id, Ref target) {
    builder_.AddOffset(position_of(id), target);
    return *this;
  }

  Ref finish() { return builder_.EndTable(start_); }

 private:
  static flatbuffers::voffset_t position_of(std::uint16_t id) {
    return static_cast<flatbuffers::voffset_t>(4 + 2 * id);
  }

  Builder& builder_;
  flatbuffers::uoffset_t start_;
};

template <class T>
Ref put_vector(Builder& builder, const std::vector<T>& values) {
  return builder.CreateVector(values).o;
}

template <class T>
Ref put_vector_unless_empty(Builder& builder, const std::vector<T>& values) {
  return values.empty() ? Ref() : put_vector(builder, values);
}

Ref put_string(Builder& builder, const std::string& text) {
  return text.empty() ? Ref() : Ref(builder.CreateString(text).o);
}

Ref put_quantisation(Builder& builder, const Quantisation& quantisation) {
  if (quantisation.scales.empty() && quantisation.zero_points.empty()) {
    return {};
  }
  const Ref scales = put_vector(builder, quantisation.scales);
  const Ref zero_points = put_vector(builder, quantisation.zero_points);
  Table table(builder);
  table.reference(2, scales).reference(3, zero_points).scalar(6, quantisation.axis);
  return table.finish();
}

Ref put_tensor(Builder& builder, const TensorSpec& tensor, std::uint32_t buffer) {
  const Ref shape = put_vector(builder, tensor.shape);
  const Ref name = put_string(builder, tensor.name);
  const Ref quantisation = put_quantisation(builder, tensor.quantisation);
  Table table(builder);
  table.reference(0, shape)
      .scalar(1, static_cast<std::int8_t>(tensor.type))
      .scalar(2, buffer)
      .reference(3, name)
      .reference(4, quantisation);
  if (tensor.variable) {
    table.scalar(5, std::uint8_t{1});
  }
  return table.finish();
}

Ref put_buffer(Builder& builder, const std::vector<std::byte>& data) {
  constexpr std::size_t kBufferAlignment = 16;
  Ref bytes;
  if (!data.empty()) {
    builder.ForceVectorAlignment(data.size(), 1, kBufferAlignment);
    bytes = builder.CreateVector(reinterpret_cast<const std::uint8_t*>(data.data()), data.size()).o;
  }
  return Table(builder).reference(0, bytes).finish();
}

/// Where the constants that lie behind the FlatBuffer are, and their bytes so far.
struct Outside {
  std::uint64_t begin = 0;  ///< 0: they lie inside
  std::vector<std::byte> bytes;
};

Ref put_constant(Builder& builder, const std::vector<std::byte>& data, Outside& outside) {
  if (outside.begin == 0) {
    return put_buffer(builder, data);
  }
  const std::uint64_t offset = outside.begin + outside.bytes.size();
  outside.bytes.insert(outside.bytes.end(), data.begin(), data.end());
  return Table(builder)
      .scalar(1, offset)
      .scalar(2, static_cast<std::uint64_t>(data.size()))
      .finish();
}

Ref put_options(Builder& builder, const OperatorSpec& op) {
  if (op.options_type == 0) {
    return {};
  }
  std::vector<Ref> vectors(op.options.size());
  for (std::size_t i = 0; i < op.options.size(); ++i) {
    if (const auto* values = std::get_if<std::vector<std::int32_t>>(&op.options[i].value)) {
      vectors[i] = put_vector(builder, *values);
    }
  }
  Table table(builder);
  for (std::size_t i = 0; i < op.options.size(); ++i) {
    std::visit(
        [&](const auto& value) {
          using Value = std::decay_t<decltype(value)>;
          if constexpr (std::is_same_v<Value, std::vector<std::int32_t>>) {
            table.reference(op.options[i].id, vectors[i]);
          } else if constexpr (std::is_same_v<Value, bool>) {
            table.scalar(op.options[i].id, static_cast<std::uint8_t>(value));
          } else {
            table.scalar(op.options[i].id, value);
          }
        },
        op.options[i].value);
  }
  return table.finish();
}

Ref put_operator(Builder& builder, const OperatorSpec& op, std::uint32_t code_index) {
  const Ref inputs = put_vector(builder, op.inputs);
  const Ref outputs = put_vector(builder, op.outputs);
  const Ref options = put_options(builder, op);
  Table table(builder);
  table.scalar(0, code_index).reference(1, inputs).reference(2, outputs);
  if (!options.IsNull()) {
    table.scalar(3, op.options_type).reference(4, options);
  }
  return table.finish();
}

Ref put_operator_code(Builder& builder, const OperatorSpec& op, bool old) {
  constexpr std::int32_t kLastOfOneByte = 127;
  const auto code = static_cast<std::int32_t>(op.code);
  const Ref custom = put_string(builder, op.custom_code);
  Table table(builder);
  table.scalar(0, static_cast<std::int8_t>(std::min(code, kLastOfOneByte)))
      .reference(1, custom)
      .scalar(2, std::int32_t{1});
  if (!old) {
    table.scalar(3, code);
  }
  return table.finish();
}

/// Codes without repetition, and the index of every operator's code.
struct Codes {
  std::vector<Ref> tables;
  std::vector<std::uint32_t> of_operator;
};

Codes put_operator_codes(Builder& builder, const ModelSpec& model) {
  Codes codes;
  std::vector<const OperatorSpec*> distinct;
  for (const OperatorSpec& op : model.operators) {
    const auto same = std::find_if(distinct.begin(), distinct.end(), [&op](const auto* other) {
      return other->code == op.code && other->custom_code == op.custom_code;
    });
    codes.of_operator.push_back(static_cast<std::uint32_t>(same - distinct.begin()));
    if (same == distinct.end()) {
      distinct.push_back(&op);
      codes.tables.push_back(put_operator_code(builder, op, model.old_codes));
    }
  }
  return codes;
}

Ref put_subgraph(Builder& builder,
                 const ModelSpec& model,
                 const std::vector<std::uint32_t>& code_of_operator,
                 std::vector<Ref>& buffers,
                 Outside& outside) {
  std::vector<Ref> tensors;
  for (const TensorSpec& tensor : model.tensors) {
    const bool constant = !tensor.data.empty();
    tensors.push_back(
        put_tensor(builder, tensor, constant ? static_cast<std::uint32_t>(buffers.size()) : 0U));
    if (constant) {
      buffers.push_back(put_constant(builder, tensor.data, outside));
    }
  }
  std::vector<Ref> operators;
  for (std::size_t i = 0; i < model.operators.size(); ++i) {
    operators.push_back(put_operator(builder, model.operators[i], code_of_operator[i]));
  }
  const Ref tensor_list = put_vector(builder, tensors);
  const Ref inputs = put_vector(builder, model.inputs);
  const Ref outputs = put_vector(builder, model.outputs);
  const Ref operator_list = put_vector(builder, operators);
  Table table(builder);
  table.reference(0, tensor_list)
      .reference(1, inputs)
      .reference(2, outputs)
      .reference(3, operator_list);
  return table.finish();
}

/// The FlatBuffer, without what lies behind it.
std::vector<std::byte> write_flatbuffer(const ModelSpec& model, Outside& outside) {
  Builder builder;
  const Codes codes = put_operator_codes(builder, model);
  std::vector<Ref> buffers{put_buffer(builder, {})};
  const Ref subgraph = put_subgraph(builder, model, codes.of_operator, buffers, outside);
  const Ref code_list = put_vector(builder, codes.tables);
  const Ref subgraph_list = put_vector(builder, std::vector<Ref>(model.subgraphs, subgraph));
  const Ref description = put_string(builder, model.description);
  const Ref buffer_list = put_vector_unless_empty(builder, buffers);
  Table table(builder);
  table.scalar(0, model.version)
      .reference(1, code_list)
      .reference(2, subgraph_list)
      .reference(3, description)
      .reference(4, buffer_list);
  builder.Finish(table.finish(), "TFL3");
  const auto* data = reinterpret_cast<const std::byte*>(builder.GetBufferPointer());
  return {data, data + builder.GetSize()};
}

}  // namespace

std::vector<std::byte> write_tflite(const ModelSpec& model) {
  Outside inside;
  if (!model.data_outside) {
    return write_flatbuffer(model, inside);
  }
  // The FlatBuffer has the same size wherever its offsets point.
  Outside guess{2, {}};
  Outside outside{write_flatbuffer(model, guess).size(), {}};
  std::vector<std::byte> file = write_flatbuffer(model, outside);
  file.insert(file.end(), outside.bytes.begin(), outside.bytes.end());
  return file;
}

}  // namespace aiot::test
