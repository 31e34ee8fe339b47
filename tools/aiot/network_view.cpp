// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "tools/aiot/network_view.hpp"

#include <algorithm>
#include <cstdio>

#include "tools/aiot/console.hpp"
#include "tools/aiot/instruction_text.hpp"
#include "tools/aiot/network_file.hpp"

namespace aiot::cli {

namespace {

using nlohmann::ordered_json;
using toolkit::ArenaEntry;
using toolkit::graph::Graph;
using toolkit::graph::Operator;
using toolkit::graph::Tensor;

/// `text` in `width` columns, cut where it is longer.
std::string fitted(const std::string& text, std::size_t width) {
  return text.size() <= width ? left(text, width) : text.substr(0, width - 2) + "..";
}

std::string share(std::uint64_t part, std::uint64_t whole) {
  return part == 0 || whole == 0
             ? ""
             : printed("%.1f %%", 100.0 * static_cast<double>(part) / static_cast<double>(whole));
}

/// "0.0787255, -128", or nothing for a tensor without quantisation.
std::string quantisation_text(const Tensor& tensor) {
  if (tensor.scales.empty()) {
    return "";
  }
  return printed("%.7g", static_cast<double>(tensor.scale())) + ", " +
         std::to_string(tensor.zero_point());
}

const Tensor& tensor_of(const Graph& graph, std::int32_t index) {
  return graph.tensors[static_cast<std::size_t>(index)];
}

/// Whether the weights of an operator have a scale for every output channel.
bool is_per_channel(const Graph& graph, const Operator& op) {
  using toolkit::graph::Kind;
  const bool weighted = op.kind == Kind::kConv2d || op.kind == Kind::kDepthwiseConv2d ||
                        op.kind == Kind::kFullyConnected;
  return weighted && tensor_of(graph, op.inputs[1]).scales.size() > 1;
}

void print_line(std::string line) {
  line.resize(line.find_last_not_of(' ') + 1);
  std::printf("%s\n", printable(line).c_str());
}

/// The line of output `j` of an operator; its first line says what it is.
std::string operator_line(const Graph& graph,
                          std::size_t index,
                          std::size_t j,
                          std::uint64_t total) {
  const Operator& op = graph.operators[index];
  const Tensor& out = tensor_of(graph, op.outputs[j]);
  const std::uint64_t macs = macs_of(graph, op);
  const bool first = j == 0;
  return (first ? right(std::to_string(index), 4) + "  " + left(name_of(op.kind), 18)
                : std::string(24, ' ')) +
         fitted(first ? details_of(graph, op) : "", 18) + " " +
         fitted(toolkit::graph::text_of(out.dims), 18) + " " +
         left(quantisation_text(out) + (is_per_channel(graph, op) ? " *" : ""), 19) +
         right(first && macs != 0 ? grouped(macs) : "", 11) +
         right(first ? share(macs, total) : "", 8);
}

/// The entries of a report, or what the program tells by itself; the lowest first.
std::vector<ArenaEntry> arena_entries(const nn::Network& network,
                                      const toolkit::CompileReport* report) {
  std::vector<ArenaEntry> entries = report != nullptr ? report->arena : arena_of(network);
  std::stable_sort(entries.begin(), entries.end(), [](const ArenaEntry& a, const ArenaEntry& b) {
    return a.first != b.first ? a.first < b.first : a.offset < b.offset;
  });
  return entries;
}

std::string sources_text(const toolkit::CompileReport* report, std::size_t instruction) {
  if (report == nullptr || instruction >= report->sources.size()) {
    return "";
  }
  std::string text;
  for (const std::uint32_t source : report->sources[instruction]) {
    text += (text.empty() ? "" : "+") + std::to_string(source);
  }
  return text;
}

/// Instructions that one column of the arena map stands for.
std::size_t instructions_a_column(std::size_t instructions) {
  constexpr std::size_t kMaxColumns = 52;
  return std::max<std::size_t>(1, (instructions + kMaxColumns - 1) / kMaxColumns);
}

std::string lifetime_text(const ArenaEntry& entry, std::size_t instructions) {
  const std::size_t each = instructions_a_column(instructions);
  std::string text((instructions + each - 1) / each, '.');
  for (std::size_t i = entry.first / each; i <= entry.last / each && i < text.size(); ++i) {
    text[i] = '#';
  }
  return text;
}

/// A ruler above the lifetimes: the last digit of every column's number.
std::string ruler_text(std::size_t instructions) {
  const std::size_t each = instructions_a_column(instructions);
  std::string text;
  for (std::size_t i = 0; i < instructions; i += each) {
    const std::size_t column = i / each;
    text += column % 10 == 0 ? std::string(1, static_cast<char>('0' + column / 10 % 10)) : " ";
  }
  return text;
}

/// The name of a tensor in at most `width` columns: the end of its path says most. Converters join
/// the names of what they fused with semicolons.
std::string short_name(const std::string& name, std::size_t width) {
  const std::string first = name.substr(0, name.find(';'));
  return first.size() <= width ? first : ".." + first.substr(first.size() - (width - 2));
}

void print_port(const char* what, const nn::TensorInfo& tensor) {
  std::string line = left(what, 12) + left(type_and_shape(tensor), 28);
  if (tensor.type != nn::ElementType::kFloat32) {
    line += "scale " + printed("%.7g", static_cast<double>(tensor.scale)) + ", zero point " +
            std::to_string(tensor.zero_point);
  }
  print_line(line);
}

ordered_json tensor_json(const Tensor& tensor) {
  ordered_json json{{"name", tensor.name},
                    {"type", toolkit::graph::name_of(tensor.type)},
                    {"shape", tensor.dims},
                    {"constant", tensor.constant}};
  if (tensor.scales.size() == 1) {
    json["scale"] = tensor.scale();
    json["zero_point"] = tensor.zero_point();
  } else if (!tensor.scales.empty()) {
    json["scales"] = tensor.scales;
    json["channel_axis"] = tensor.channel_axis;
  }
  return json;
}

ordered_json tensors_json(const Graph& graph, const std::vector<std::int32_t>& indices) {
  ordered_json list = ordered_json::array();
  for (const std::int32_t index : indices) {
    list.push_back(index == toolkit::graph::kAbsent ? ordered_json(nullptr)
                                                    : tensor_json(tensor_of(graph, index)));
  }
  return list;
}

}  // namespace

std::string grouped(std::uint64_t number) {
  std::string text = std::to_string(number);
  for (std::size_t at = text.size(); at > 3; at -= 3) {
    text.insert(at - 3, ",");
  }
  return text;
}

void print_ports(const nn::Network& network) {
  for (const nn::TensorInfo& input : network.inputs) {
    print_port("input", input);
  }
  for (const nn::TensorInfo& output : network.outputs) {
    print_port("output", output);
  }
}

void print_operators(const Graph& graph) {
  std::uint64_t total = 0;
  for (const Operator& op : graph.operators) {
    total += macs_of(graph, op);
  }
  print_line(left("   #  operator", 24) + left("details", 19) + left("output", 19) +
             left("scale, zero point", 19) + right("MACs", 11) + right("share", 8));
  bool per_channel = false;
  for (std::size_t i = 0; i < graph.operators.size(); ++i) {
    const Operator& op = graph.operators[i];
    per_channel = per_channel || is_per_channel(graph, op);
    for (std::size_t j = 0; j < op.outputs.size(); ++j) {
      print_line(operator_line(graph, i, j, total));
    }
  }
  if (total == 0) {
    return;
  }
  print_line(left(per_channel ? "      * weights with one scale per output channel" : "", 80) +
             right(grouped(total), 11));
}

void print_instructions(const nn::Network& network, const toolkit::CompileReport* report) {
  const std::vector<InstructionText> texts = instructions_of(network);
  std::uint64_t total = 0;
  for (const InstructionText& text : texts) {
    total += text.macs;
  }
  print_line(left("   #  instruction", 25) + left("details", 17) + left("output", 19) +
             left(report != nullptr ? "operators" : "", 12) + right("constants", 10) +
             right("scratch", 9) + right("share", 8));
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const InstructionText& text = texts[i];
    print_line(right(std::to_string(i), 4) + "  " + fitted(text.name, 18) + " " +
               fitted(text.details, 16) + " " + fitted(toolkit::graph::text_of(text.shape), 18) +
               " " + fitted(sources_text(report, i), 11) + " " +
               right(text.constants != 0 ? grouped(text.constants) : "", 10) +
               right(text.scratch != 0 ? grouped(text.scratch) : "", 9) +
               right(share(text.macs, total), 8));
  }
}

void print_arena(const nn::Network& network, const toolkit::CompileReport* report) {
  const std::size_t instructions = instructions_of(network).size();
  const std::vector<ArenaEntry> entries = arena_entries(network, report);
  const std::size_t each = instructions_a_column(instructions);
  constexpr std::size_t kWidth = 100;
  constexpr std::size_t kNumbers = 22;
  const std::size_t map = ruler_text(instructions).size() + 2;
  print_line(right("offset", 9) + right("bytes", 11) + "  " + left(ruler_text(instructions), map) +
             "what");
  for (const ArenaEntry& entry : entries) {
    print_line(right(grouped(entry.offset), 9) + right(grouped(entry.bytes), 11) + "  " +
               left(lifetime_text(entry, instructions), map) +
               short_name(entry.name, kWidth - kNumbers - map));
  }
  if (each > 1) {
    print_line("  (a column stands for " + std::to_string(each) + " instructions)");
  }
}

ordered_json ports_json(std::span<const nn::TensorInfo> tensors) {
  ordered_json list = ordered_json::array();
  for (const nn::TensorInfo& tensor : tensors) {
    list.push_back(
        {{"type", toolkit::graph::name_of(tensor.type)},
         {"shape",
          std::vector<std::uint32_t>(tensor.dims.begin(), tensor.dims.begin() + tensor.rank)},
         {"offset", tensor.offset},
         {"bytes", tensor.bytes},
         {"scale", tensor.scale},
         {"zero_point", tensor.zero_point}});
  }
  return list;
}

ordered_json operators_json(const Graph& graph) {
  ordered_json list = ordered_json::array();
  for (std::size_t i = 0; i < graph.operators.size(); ++i) {
    const Operator& op = graph.operators[i];
    list.push_back({{"index", i},
                    {"name", name_of(op.kind)},
                    {"details", details_of(graph, op)},
                    {"macs", macs_of(graph, op)},
                    {"inputs", tensors_json(graph, op.inputs)},
                    {"outputs", tensors_json(graph, op.outputs)}});
  }
  return list;
}

ordered_json instructions_json(const nn::Network& network, const toolkit::CompileReport* report) {
  ordered_json list = ordered_json::array();
  const std::vector<InstructionText> texts = instructions_of(network);
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const InstructionText& text = texts[i];
    ordered_json json{{"index", i},
                      {"name", text.name},
                      {"details", text.details},
                      {"shape", text.shape},
                      {"macs", text.macs},
                      {"constant_bytes", text.constants},
                      {"scratch_bytes", text.scratch}};
    if (report != nullptr && i < report->sources.size()) {
      json["operators"] = report->sources[i];
    }
    list.push_back(std::move(json));
  }
  return list;
}

ordered_json arena_json(const nn::Network& network, const toolkit::CompileReport* report) {
  ordered_json list = ordered_json::array();
  for (const ArenaEntry& entry : arena_entries(network, report)) {
    list.push_back({{"name", entry.name},
                    {"offset", entry.offset},
                    {"bytes", entry.bytes},
                    {"first", entry.first},
                    {"last", entry.last}});
  }
  return list;
}

}  // namespace aiot::cli
