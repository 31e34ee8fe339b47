// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/toolkit/manifest.hpp"

#include <cmath>
#include <system_error>

#include "src/toolkit/recording_text.hpp"

namespace aiot::toolkit {

namespace {

std::string at_line(std::uint32_t line, const std::string& what) {
  return "line " + std::to_string(line) + ": " + what;
}

/// A number above 0 when the cell holds something; what is wrong with it otherwise.
std::optional<std::string> read_positive(const std::string& column,
                                         const std::string& cell,
                                         std::optional<double>& value) {
  if (trimmed(cell).empty()) {
    return std::nullopt;
  }
  value = number_of(cell);
  if (!value || !std::isfinite(*value) || *value <= 0.0) {
    return column + " '" + cell.substr(0, 24) + "' is not a number above 0; repair the manifest";
  }
  return std::nullopt;
}

std::optional<std::string> set_column(ManifestRow& row,
                                      const std::string& column,
                                      const std::string& cell) {
  if (column == "file") {
    row.file = trimmed(cell);
  } else if (column == "label") {
    row.label = trimmed(cell);
  } else if (column == "channel") {
    row.channel = trimmed(cell);
  } else if (column == "split_hint") {
    row.split = trimmed(cell);
  } else if (column == "source_file_number") {
    row.group = trimmed(cell);
  } else if (column == "note") {
    row.note = cell;
  } else if (column == "rpm") {
    return read_positive(column, cell, row.rpm);
  } else if (column == "fs_hz") {
    return read_positive(column, cell, row.rate_hz);
  } else if (column == "scale_g_per_count") {
    return read_positive(column, cell, row.scale_g_per_count);
  } else if (column == "n_samples" && !trimmed(cell).empty()) {
    row.samples = count_of(cell);
    if (!row.samples) {
      return column + " '" + cell.substr(0, 24) + "' is not a count; repair the manifest";
    }
  }
  return std::nullopt;
}

/// What is wrong with a row, if anything.
std::optional<std::string> read_row(const std::vector<std::string>& header,
                                    const std::vector<std::string>& fields,
                                    ManifestRow& row) {
  if (fields.size() != header.size()) {
    return std::to_string(fields.size()) + " fields, the header has " +
           std::to_string(header.size()) + "; repair the manifest";
  }
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (auto wrong = set_column(row, header[i], fields[i])) {
      return wrong;
    }
    row.columns.emplace_back(header[i], fields[i]);
  }
  if (row.file.empty()) {
    return "the file has no name; repair the manifest";
  }
  return std::nullopt;
}

}  // namespace

Loaded<Manifest> parse_manifest(std::string_view text,
                                std::string_view name,
                                std::vector<std::string>& problems) {
  if (text.starts_with("\xEF\xBB\xBF")) {
    text.remove_prefix(3);
  }
  SeparatedText records(text, ',');
  std::vector<std::string> header;
  bool has_file = false;
  if (records.next(header) == SeparatedText::Next::kRecord) {
    for (std::string& column : header) {
      column = trimmed(column);
      has_file = has_file || column == "file";
    }
  }
  if (!has_file) {
    return problem_in(name,
                      "is not a manifest (no column 'file'); its first line names the columns");
  }
  Manifest manifest;
  manifest.path = name;
  std::vector<std::string> fields;
  SeparatedText::Next next = records.next(fields);
  for (; next == SeparatedText::Next::kRecord; next = records.next(fields)) {
    ManifestRow row;
    row.line = records.line();
    if (auto wrong = read_row(header, fields, row)) {
      problems.push_back(problem_in(name, at_line(row.line, *wrong)).text);
    } else {
      manifest.rows.push_back(std::move(row));
    }
  }
  if (next == SeparatedText::Next::kOpenQuote) {
    return problem_in(name,
                      at_line(records.line(), "a quoted field does not end; repair the manifest"));
  }
  return manifest;
}

Loaded<Manifest> parse_manifest(std::string_view text, std::string_view name) {
  std::vector<std::string> problems;
  Loaded<Manifest> manifest = parse_manifest(text, name, problems);
  if (!problems.empty()) {
    return Problem{problems.front()};
  }
  return manifest;
}

Loaded<Manifest> load_manifest(const std::filesystem::path& path,
                               std::vector<std::string>& problems) {
  const Loaded<std::vector<std::byte>> content = read_file(path);
  if (!content.ok()) {
    return content.problem();
  }
  return parse_manifest(text_of(*content), path.string(), problems);
}

Loaded<Manifest> load_manifest(const std::filesystem::path& path) {
  const Loaded<std::vector<std::byte>> content = read_file(path);
  if (!content.ok()) {
    return content.problem();
  }
  return parse_manifest(text_of(*content), path.string());
}

std::vector<std::filesystem::path> manifests_above(const std::filesystem::path& file) {
  std::vector<std::filesystem::path> found;
  std::error_code code;
  std::filesystem::path folder = std::filesystem::absolute(file, code).lexically_normal();
  while (!code && folder.has_parent_path() && folder != folder.parent_path()) {
    folder = folder.parent_path();
    const std::filesystem::path manifest = folder / "manifest.csv";
    if (std::filesystem::is_regular_file(manifest, code)) {
      found.push_back(manifest);
    }
    code.clear();
  }
  return found;
}

std::optional<Snapshots> snapshots_of(std::string_view note) {
  std::vector<std::string> words;
  SeparatedText text(note, ' ');
  if (text.next(words) != SeparatedText::Next::kRecord) {
    return std::nullopt;
  }
  for (std::size_t i = 1; i + 3 < words.size(); ++i) {
    if (words[i] != "snapshots" || words[i + 1] != "of" || !words[i + 3].starts_with("samples")) {
      continue;
    }
    const auto count = count_of(words[i - 1]);
    const auto frames = count_of(words[i + 2]);
    if (!count || !frames || *count == 0 || *frames == 0) {
      return std::nullopt;
    }
    Snapshots result{.count = *count, .frames = *frames, .period_s = 0.0};
    if (i + 7 < words.size() && words[i + 4] == "one" && words[i + 5] == "every" &&
        trimmed(words[i + 7]).starts_with("s")) {
      const double period = number_of(words[i + 6]).value_or(0.0);
      result.period_s = std::isfinite(period) && period > 0.0 && period < 1e9 ? period : 0.0;
    }
    return result;
  }
  return std::nullopt;
}

}  // namespace aiot::toolkit
