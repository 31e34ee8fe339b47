// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstring>
#include <optional>
#include <type_traits>

#include "aiot/nn/quant.hpp"
#include "aiot/toolkit/compiler/compile.hpp"
#include "aiot/toolkit/compiler/instruction.hpp"

namespace aiot::toolkit {
namespace {

using lowered::Instruction;
using lowered::Network;

constexpr std::size_t kCodes = 256;

/// Who touches a buffer.
struct Users {
  std::vector<std::size_t> writers;  ///< instructions
  std::vector<std::size_t> readers;
  bool input = false;
  bool output = false;
};

std::vector<Users> users_of(const Network& network) {
  std::vector<Users> users(network.buffers.size());
  for (std::size_t at = 0; at < network.instructions.size(); ++at) {
    users[network.instructions[at].write.buffer].writers.push_back(at);
    for (const lowered::Use& read : network.instructions[at].reads) {
      users[read.buffer].readers.push_back(at);
    }
  }
  for (const lowered::Port& port : network.inputs) {
    users[port.buffer].input = true;
  }
  for (const lowered::Port& port : network.outputs) {
    users[port.buffer].output = true;
  }
  return users;
}

std::int32_t code_at(const std::vector<std::byte>& table, std::int32_t code) {
  const auto byte = std::to_integer<std::int32_t>(table[static_cast<std::uint8_t>(code)]);
  return byte > 127 ? byte - 256 : byte;
}

/// "CONV_2D (operator 3)"
std::string describe(const Instruction& instruction) {
  std::string text = name_of(instruction.code);
  for (std::size_t i = 0; i < instruction.sources.size(); ++i) {
    text += (i == 0 ? " (operator " : ", ") + std::to_string(instruction.sources[i]);
  }
  return text + (instruction.sources.empty() ? "" : ")");
}

void merge_sources(Instruction& into, const Instruction& from) {
  std::vector<std::uint32_t>& sources = into.sources;
  sources.insert(sources.end(), from.sources.begin(), from.sources.end());
  std::sort(sources.begin(), sources.end());
  sources.erase(std::unique(sources.begin(), sources.end()), sources.end());
}

/// The rules by which an instruction makes int8 from its result, or null.
template <class Params>
nn::OutputS8* output_rules(Params& params) {
  if constexpr (requires { params.out; }) {
    return &params.out;
  } else if constexpr (requires { params.op.out; }) {
    return &params.op.out;
  } else {
    return nullptr;
  }
}

/// Calls `change(OutputS8&)` on the rules of `instruction`; false when it has none or `change` says
/// so.
template <class Change>
bool change_output(Instruction& instruction, Change change) {
  return with_params(instruction.code, false, [&](const auto& none) {
    auto params = params_of<std::decay_t<decltype(none)>>(instruction.params);
    nn::OutputS8* out = output_rules(params);
    if (out == nullptr || !change(*out)) {
      return false;
    }
    instruction.params = words_of(params);
    return true;
  });
}

/// What `table` does to the codes that `out` lets through, as narrower limits; false when it is no
/// clamp.
bool narrow(nn::OutputS8& out, const std::vector<std::byte>& table) {
  const std::int32_t lo = code_at(table, out.lo);
  const std::int32_t hi = code_at(table, out.hi);
  if (lo > hi) {
    return false;
  }
  for (std::int32_t code = out.lo; code <= out.hi; ++code) {
    if (code_at(table, code) != nn::clamp(code, lo, hi)) {
      return false;
    }
  }
  out.lo = static_cast<std::int16_t>(lo);
  out.hi = static_cast<std::int16_t>(hi);
  return true;
}

/// Instructions that are merged away become dead and are erased at the end, so that numbers stay.
class Fuser {
 public:
  Fuser(Network& network, std::vector<std::string>& notes)
      : network_(network),
        notes_(notes),
        users_(users_of(network)),
        alive_(network.instructions.size(), true) {}

  void run() {
    drop_unread();
    for (std::size_t at = 0; at < network_.instructions.size(); ++at) {
      while (alive_[at] && (requantise(at) || compose(at))) {
      }
    }
    for (std::size_t at = 0; at < network_.instructions.size(); ++at) {
      if (alive_[at]) {
        clamp_producer(at);
      }
    }
    std::size_t at = 0;
    std::erase_if(network_.instructions, [&](const Instruction&) { return !alive_[at++]; });
  }

 private:
  /// The instruction that alone writes what `at` alone reads, when nobody outside sees it.
  [[nodiscard]] std::optional<std::size_t> private_producer(std::size_t at) const {
    const Instruction& instruction = network_.instructions[at];
    if (instruction.reads.size() != 1) {
      return std::nullopt;
    }
    const Users& users = users_[instruction.reads[0].buffer];
    const bool alone = users.writers.size() == 1 && users.readers.size() == 1 && !users.input &&
                       !users.output && users.writers[0] < at;
    return alone ? std::optional(users.writers[0]) : std::nullopt;
  }

  [[nodiscard]] bool writes_alone(std::size_t at) const {
    const Users& users = users_[network_.instructions[at].write.buffer];
    return users.writers.size() == 1 && !users.input;
  }

  static void replace(std::vector<std::size_t>& list, std::size_t from, std::size_t to) {
    std::replace(list.begin(), list.end(), from, to);
  }

  /// From the last to the first, so that what only fed something unread goes as well. The last
  /// instruction of all stays.
  void drop_unread() {
    std::size_t left = network_.instructions.size();
    for (std::size_t at = network_.instructions.size(); at-- > 0;) {
      const Instruction& instruction = network_.instructions[at];
      Users& users = users_[instruction.write.buffer];
      if (!users.readers.empty() || users.output || left == 1) {
        continue;
      }
      notes_.push_back(describe(instruction) + " is left out: nobody reads what it writes");
      alive_[at] = false;
      --left;
      std::erase(users.writers, at);
      for (const lowered::Use& read : instruction.reads) {
        std::erase(users_[read.buffer].readers, at);
      }
    }
  }

  /// `second` reads what `first`, which is dead from now on, has read.
  void take_over(std::size_t second, std::size_t first) {
    Instruction& reader = network_.instructions[second];
    const Instruction& producer = network_.instructions[first];
    reader.reads = {{0, producer.reads[0].buffer}};
    replace(users_[producer.reads[0].buffer].readers, first, second);
    merge_sources(reader, producer);
    alive_[first] = false;
  }

  /// DEQUANTIZE with QUANTIZE behind it: a function of one code.
  bool requantise(std::size_t at) {
    const std::optional<std::size_t> producer = private_producer(at);
    if (!producer.has_value()) {
      return false;
    }
    const Instruction& first = network_.instructions[*producer];
    Instruction& second = network_.instructions[at];
    if (first.code != nn::OpCode::kDequantizeS8F32 || second.code != nn::OpCode::kQuantizeF32S8) {
      return false;
    }
    const auto from = params_of<nn::DequantizeS8F32>(first.params);
    const auto to = params_of<nn::QuantizeF32S8>(second.params);
    if (from.elements != to.elements) {
      return false;
    }
    second.table.resize(kCodes);
    for (std::int32_t code = -128; code <= 127; ++code) {
      const auto value = static_cast<float>(static_cast<double>(from.scale) *
                                            static_cast<double>(code - from.zero_point));
      const std::int8_t result = nn::quantize(value, {to.scale, to.zero_point});
      second.table[static_cast<std::uint8_t>(code)] = static_cast<std::byte>(result);
    }
    notes_.push_back(describe(first) + " and " + describe(second) + " became one table");
    nn::Lookup8 params;
    params.elements = to.elements;
    second.code = nn::OpCode::kLookup8;
    second.params = words_of(params);
    second.write.word = 1;
    take_over(at, *producer);
    return true;
  }

  /// Two tables in a row.
  bool compose(std::size_t at) {
    const std::optional<std::size_t> producer = private_producer(at);
    if (!producer.has_value()) {
      return false;
    }
    const Instruction& first = network_.instructions[*producer];
    Instruction& second = network_.instructions[at];
    if (first.code != nn::OpCode::kLookup8 || second.code != nn::OpCode::kLookup8 ||
        params_of<nn::Lookup8>(first.params).elements !=
            params_of<nn::Lookup8>(second.params).elements) {
      return false;
    }
    std::vector<std::byte> table(kCodes);
    for (std::size_t code = 0; code < kCodes; ++code) {
      table[code] = second.table[std::to_integer<std::size_t>(first.table[code])];
    }
    notes_.push_back(describe(first) + " and " + describe(second) + " became one table");
    second.table = std::move(table);
    take_over(at, *producer);
    return true;
  }

  /// A table that only clamps what its producer writes.
  void clamp_producer(std::size_t at) {
    const Instruction& table = network_.instructions[at];
    const std::optional<std::size_t> producer = private_producer(at);
    if (table.code != nn::OpCode::kLookup8 || !producer.has_value() || !writes_alone(at)) {
      return;
    }
    Instruction& first = network_.instructions[*producer];
    const bool clamps =
        change_output(first, [&](nn::OutputS8& out) { return narrow(out, table.table); });
    if (!clamps) {
      return;
    }
    notes_.push_back(describe(table) + " became the clamp of " + describe(first));
    first.write.buffer = table.write.buffer;
    replace(users_[table.write.buffer].writers, at, *producer);
    merge_sources(first, table);
    alive_[at] = false;
  }

  Network& network_;
  std::vector<std::string>& notes_;
  std::vector<Users> users_;  ///< by buffer
  std::vector<bool> alive_;   ///< by instruction
};

}  // namespace

void fuse(Network& network, std::vector<std::string>& notes) {
  Fuser(network, notes).run();
}

}  // namespace aiot::toolkit
