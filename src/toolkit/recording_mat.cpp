// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include <fcntl.h>
#include <matio.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <memory>
#include <system_error>

#include "aiot/toolkit/manifest.hpp"
#include "aiot/toolkit/recording.hpp"
#include "src/toolkit/recording_mat_layout.hpp"
#include "src/toolkit/recording_text.hpp"

namespace aiot::toolkit {

namespace {

constexpr std::uint64_t kMostValues = std::uint64_t{1} << 28U;
constexpr unsigned kReaderSeconds = 120;

/// A vector of numbers in the file; `values` is filled for the chosen ones only.
struct Variable {
  std::string name;
  std::uint64_t length = 0;
};

// --- the child process ----------------------------------------------------------------------
//
// It writes what it finds as records into a pipe: 'V' name length (a vector), 'D' count doubles
// (the values of the one that was asked for), 'E' (end). The parent believes nothing that does not
// end with 'E'.

bool write_all(int descriptor, const void* data, std::size_t size) noexcept {
  const auto* at = static_cast<const char*>(data);
  while (size > 0) {
    const ssize_t written = ::write(descriptor, at, size);
    if (written < 0 && errno == EINTR) {
      continue;
    }
    if (written <= 0) {
      return false;
    }
    at += written;
    size -= static_cast<std::size_t>(written);
  }
  return true;
}

/// Names of MATLAB variables are letters, digits and underscores; others come from damage.
bool is_name(const char* name) noexcept {
  constexpr const char* kAllowed =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_";
  return name != nullptr && name[0] != '\0' && std::strspn(name, kAllowed) == std::strlen(name);
}

bool is_vector(const matvar_t& variable) noexcept {
  const bool numeric = variable.class_type == MAT_C_DOUBLE || variable.class_type == MAT_C_SINGLE ||
                       (variable.class_type >= MAT_C_INT8 && variable.class_type <= MAT_C_UINT64);
  return numeric && variable.isComplex == 0 && variable.rank == 2 && variable.dims != nullptr &&
         (variable.dims[0] == 1 || variable.dims[1] == 1) && is_name(variable.name);
}

std::uint64_t length_of(const matvar_t& variable) noexcept {
  return std::max<std::uint64_t>(variable.dims[0], variable.dims[1]) *
         (variable.dims[0] == 0 || variable.dims[1] == 0 ? 0U : 1U);
}

template <class Number>
void append(std::vector<double>& out, const void* data, std::size_t count) {
  const auto* numbers = static_cast<const Number*>(data);
  for (std::size_t i = 0; i < count; ++i) {
    out.push_back(static_cast<double>(numbers[i]));
  }
}

/// The values of a variable as doubles; empty when they are not there.
std::vector<double> doubles_of(const matvar_t& variable) {
  std::vector<double> out;
  if (variable.data == nullptr || variable.data_size <= 0) {
    return out;
  }
  const std::size_t count = std::min<std::size_t>(
      length_of(variable), variable.nbytes / static_cast<std::size_t>(variable.data_size));
  out.reserve(count);
  switch (variable.class_type) {
    case MAT_C_DOUBLE:
      append<double>(out, variable.data, count);
      break;
    case MAT_C_SINGLE:
      append<float>(out, variable.data, count);
      break;
    case MAT_C_INT8:
      append<std::int8_t>(out, variable.data, count);
      break;
    case MAT_C_UINT8:
      append<std::uint8_t>(out, variable.data, count);
      break;
    case MAT_C_INT16:
      append<std::int16_t>(out, variable.data, count);
      break;
    case MAT_C_UINT16:
      append<std::uint16_t>(out, variable.data, count);
      break;
    case MAT_C_INT32:
      append<std::int32_t>(out, variable.data, count);
      break;
    case MAT_C_UINT32:
      append<std::uint32_t>(out, variable.data, count);
      break;
    default:
      break;
  }
  return out;
}

void ignore_message(int /*level*/, char* /*message*/) {}

bool report_variable(int out, const matvar_t& variable) {
  const std::size_t size = std::min<std::size_t>(std::strlen(variable.name), 255);
  const auto size_byte = static_cast<std::uint8_t>(size);
  const std::uint64_t length = length_of(variable);
  return write_all(out, "V", 1) && write_all(out, &size_byte, 1) &&
         write_all(out, variable.name, size) && write_all(out, &length, sizeof length);
}

bool report_values(int out, mat_t* file, const std::string& wanted) {
  matvar_t* variable = Mat_VarRead(file, wanted.c_str());
  if (variable == nullptr || !is_vector(*variable)) {
    return false;
  }
  const std::vector<double> values = doubles_of(*variable);
  Mat_VarFree(variable);
  const std::uint64_t count = values.size();
  return write_all(out, "D", 1) && write_all(out, &count, sizeof count) &&
         write_all(out, values.data(), values.size() * sizeof(double));
}

/// Lists the vectors of a file, or writes the values of the wanted ones. The exit code of the
/// child.
int read_in_child(const std::string& path, const std::vector<std::string>& wanted, int out) {
  (void)Mat_LogInitFunc("aiot", &ignore_message);
  mat_t* const file = Mat_Open(path.c_str(), MAT_ACC_RDONLY);
  if (file == nullptr) {
    return 1;
  }
  if (wanted.empty()) {
    matvar_t* variable = Mat_VarReadNextInfo(file);
    while (variable != nullptr) {
      if (is_vector(*variable) && !report_variable(out, *variable)) {
        return 1;
      }
      Mat_VarFree(variable);
      variable = Mat_VarReadNextInfo(file);
    }
  }
  for (const std::string& name : wanted) {
    if (!report_values(out, file, name)) {
      return 1;
    }
  }
  return write_all(out, "E", 1) ? 0 : 1;
}

[[noreturn]] void run_child(const std::string& path,
                            const std::vector<std::string>& wanted,
                            int out) {
  const int nowhere = ::open("/dev/null", O_WRONLY);
  if (nowhere >= 0) {
    (void)::dup2(nowhere, STDERR_FILENO);
    (void)::dup2(nowhere, STDOUT_FILENO);
  }
  for (const int crash : {SIGSEGV, SIGBUS, SIGFPE, SIGABRT, SIGILL}) {
    (void)::signal(crash, SIG_DFL);
  }
  const rlimit no_core{};
  (void)::setrlimit(RLIMIT_CORE, &no_core);
  (void)::alarm(kReaderSeconds);
  ::_exit(read_in_child(path, wanted, out));
}

// --- the parent -----------------------------------------------------------------------------

/// Everything the child wrote; empty when it failed.
std::vector<std::byte> ask_child(const std::string& path, const std::vector<std::string>& wanted) {
  std::array<int, 2> ends{};
  std::vector<std::byte> answer;
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    return answer;
  }
  const pid_t child = ::fork();
  if (child == 0) {
    (void)::close(ends[0]);
    run_child(path, wanted, ends[1]);
  }
  (void)::close(ends[1]);
  std::array<std::byte, 1U << 16U> piece{};
  while (child > 0) {
    const ssize_t got = ::read(ends[0], piece.data(), piece.size());
    if (got < 0 && errno == EINTR) {
      continue;
    }
    if (got <= 0) {
      break;
    }
    answer.insert(answer.end(), piece.begin(), piece.begin() + got);
    if (answer.size() > kMostValues * sizeof(double)) {
      (void)::kill(child, SIGKILL);
      break;
    }
  }
  (void)::close(ends[0]);
  int status = -1;
  while (child > 0 && ::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  const bool whole = child > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0 &&
                     !answer.empty() && answer.back() == std::byte{'E'};
  if (!whole) {
    answer.clear();
  }
  return answer;
}

std::vector<Variable> list_variables(const std::string& path) {
  const std::vector<std::byte> answer = ask_child(path, {});
  std::vector<Variable> variables;
  for (std::size_t at = 0; at + 2 < answer.size() && answer[at] == std::byte{'V'};) {
    const auto size = std::to_integer<std::size_t>(answer[at + 1]);
    if (answer.size() - at < 2 + size + 8) {
      break;
    }
    variables.push_back({.name = std::string(text_of(Bytes(answer).subspan(at + 2, size))),
                         .length = load_le64(answer.data() + at + 2 + size)});
    at += 2 + size + 8;
  }
  return variables;
}

/// The values of each wanted variable, in order; fewer when the file is damaged.
std::vector<std::vector<double>> read_variables(const std::string& path,
                                                const std::vector<std::string>& wanted) {
  const std::vector<std::byte> answer = ask_child(path, wanted);
  std::vector<std::vector<double>> result;
  for (std::size_t at = 0; at + 9 < answer.size() && answer[at] == std::byte{'D'};) {
    std::uint64_t count = 0;
    std::memcpy(&count, answer.data() + at + 1, sizeof count);
    at += 9;
    if (count > (answer.size() - at) / sizeof(double)) {
      break;
    }
    std::vector<double> values(count);
    std::memcpy(values.data(), answer.data() + at, count * sizeof(double));
    result.push_back(std::move(values));
    at += count * sizeof(double);
  }
  return result;
}

std::string names_of(const std::vector<Variable>& variables) {
  std::string text;
  for (const Variable& variable : variables) {
    text += (text.empty() ? "" : ", ") + variable.name;
  }
  return text;
}

/// "X118_DE_time" in its parts; number "118", channel "DE". Empty parts when named otherwise.
struct NameParts {
  std::string number;
  std::string channel;
};

NameParts parts_of(const std::string& name) {
  NameParts parts;
  std::size_t at = 1;
  while (at < name.size() && name[at] >= '0' && name[at] <= '9') {
    ++at;
  }
  if (name.empty() || name[0] != 'X' || at < 2) {
    return parts;
  }
  parts.number = name.substr(1, at - 1);
  if (at < name.size() && name[at] == '_' && name.ends_with("_time")) {
    parts.channel = name.substr(at + 1, name.size() - 5 - at - 1);
  }
  return parts;
}

std::uint64_t leading_number(const std::string& text) {
  const std::size_t end = text.find_first_not_of("0123456789");
  return count_of(text.substr(0, end)).value_or(0);
}

/// The one variable that a channel means. A recording may hold the same channel twice, numbered
/// differently: the number of the file decides, or else the caller has to.
Loaded<Variable> choose(const std::vector<Variable>& variables,
                        const std::string& channel,
                        const std::filesystem::path& path) {
  std::vector<Variable> matches;
  for (const Variable& variable : variables) {
    if (variable.name == channel) {
      return variable;
    }
    if (lowered(parts_of(variable.name).channel) == lowered(channel) && !channel.empty()) {
      matches.push_back(variable);
    }
  }
  if (matches.size() > 1) {
    const std::uint64_t number = leading_number(path.stem().string());
    std::vector<Variable> numbered;
    for (const Variable& variable : matches) {
      if (number != 0 && leading_number(parts_of(variable.name).number) == number) {
        numbered.push_back(variable);
      }
    }
    matches = numbered.size() == 1 ? numbered : matches;
  }
  if (matches.size() == 1) {
    return matches.front();
  }
  if (matches.empty()) {
    return problem_in(
        path.string(),
        "has no channel '" + channel + "'; choose with --channel one of " + names_of(variables));
  }
  return problem_in(
      path.string(),
      "has several '" + channel + "' channels; choose with --channel one of " + names_of(matches));
}

/// The vectors that can be a recording.
std::vector<Variable> candidates_of(const std::vector<Variable>& variables) {
  std::vector<Variable> candidates;
  for (const Variable& variable : variables) {
    if (variable.length >= 2) {
      candidates.push_back(variable);
    }
  }
  return candidates;
}

Loaded<std::vector<Variable>> choose_all(const std::vector<Variable>& variables,
                                         const std::filesystem::path& path,
                                         const LoadOptions& options) {
  const std::vector<Variable> candidates = candidates_of(variables);
  std::vector<std::string> wanted = channel_list(options.channel);
  if (candidates.empty()) {
    return problem_in(path.string(),
                      variables.empty() ? "holds no vector of numbers; check what was saved"
                                        : "holds no vector of two or more samples; record more");
  }
  if (wanted.empty() && candidates.size() == 1) {
    wanted.push_back(candidates.front().name);
  }
  if (wanted.empty()) {
    wanted.emplace_back("DE");
  }
  std::vector<Variable> chosen;
  for (const std::string& channel : wanted) {
    const Loaded<Variable> variable = choose(candidates, channel, path);
    if (!variable.ok()) {
      return variable.problem();
    }
    if (!chosen.empty() && chosen.front().length != variable->length) {
      return problem_in(path.string(),
                        "the channels " + chosen.front().name + " and " + variable->name +
                            " have different lengths; choose one");
    }
    chosen.push_back(*variable);
  }
  return chosen;
}

/// What the manifests beside and above know about a recording that they list under another name.
struct Known {
  std::optional<double> rate_hz;
  std::optional<double> step_g;
  std::optional<double> rpm;
  std::string label;
  std::string where;
};

/// True when the row is cut from the same recording: same number, same length.
bool is_about(const ManifestRow& row, std::uint64_t number, const Variable& variable) {
  return number != 0 && row.samples == variable.length && count_of(row.group) == number;
}

Loaded<Known> known_from(const Manifest& manifest, std::uint64_t number, const Variable& variable) {
  Known known;
  const std::string channel = lowered(parts_of(variable.name).channel);
  for (const ManifestRow& row : manifest.rows) {
    if (!is_about(row, number, variable)) {
      continue;
    }
    if (known.rate_hz && row.rate_hz && *row.rate_hz != *known.rate_hz) {
      return problem_in(manifest.path.string(),
                        "line " + std::to_string(row.line) + ": the rate of recording " +
                            std::to_string(number) + " contradicts another line; repair it");
    }
    // Channels of one recording are sampled together, so any of them tells the rate.
    known.rate_hz = row.rate_hz ? row.rate_hz : known.rate_hz;
    known.rpm = row.rpm ? row.rpm : known.rpm;
    known.label = row.label;
    known.where = manifest.path.string() + ":" + std::to_string(row.line);
    if (lowered(row.channel) == channel) {
      known.step_g = row.scale_g_per_count;
    }
  }
  return known;
}

Loaded<Known> look_up(const std::filesystem::path& path, const Variable& variable) {
  // The number in a variable's name is not always that of its file: the file's goes first.
  const std::array<std::uint64_t, 2> numbers{leading_number(path.stem().string()),
                                             leading_number(parts_of(variable.name).number)};
  for (const std::filesystem::path& file : manifests_above(path)) {
    const Loaded<Manifest> manifest = load_manifest(file);
    if (!manifest.ok()) {
      return manifest.problem();
    }
    for (const std::uint64_t number : numbers) {
      Loaded<Known> known = known_from(*manifest, number, variable);
      if (!known.ok() || known->rate_hz) {
        return known;
      }
    }
  }
  return Known{};
}

/// The name of the speed variable that belongs to a channel; empty when there is none.
std::string rpm_variable(const std::vector<Variable>& variables, const Variable& channel) {
  const std::string number = parts_of(channel.name).number;
  std::string found;
  for (const Variable& variable : variables) {
    if (variable.length != 1 || !variable.name.ends_with("RPM")) {
      continue;
    }
    if (variable.name == "X" + number + "RPM") {
      return variable.name;
    }
    found = variable.name;
  }
  return found;
}

double unit_factor(AccelerationUnit unit) noexcept {
  switch (unit) {
    case AccelerationUnit::kMetrePerSecond2:
      return 1.0;
    case AccelerationUnit::kMilliG:
      return kStandardGravity / 1000.0;
    default:
      return kStandardGravity;
  }
}

/// [frame][axis] from one vector a channel; what is wrong otherwise.
Loaded<std::vector<double>> interleaved(const std::vector<std::vector<double>>& columns,
                                        const std::vector<Variable>& chosen,
                                        const std::string& name) {
  std::vector<double> values;
  values.reserve(columns[0].size() * chosen.size());
  for (std::size_t frame = 0; frame < columns[0].size(); ++frame) {
    for (std::size_t axis = 0; axis < chosen.size(); ++axis) {
      const double value = columns[axis][frame];
      if (!std::isfinite(value)) {
        return problem_in(name,
                          chosen[axis].name + ": sample " + std::to_string(frame + 1) +
                              " is not a finite number; repair or cut the recording");
      }
      values.push_back(value);
    }
  }
  return values;
}

}  // namespace

Loaded<Recording> load_mat(const std::filesystem::path& path, const LoadOptions& options) {
  const std::string name = path.string();
  const Loaded<std::vector<std::byte>> content = read_file(path);
  if (!content.ok()) {
    return content.problem();
  }
  if (content->empty()) {
    return problem_in(name, "is empty; record some samples");
  }
  if (const auto wrong = mat_problem(*content)) {
    return problem_in(name, *wrong);
  }
  const std::vector<Variable> variables = list_variables(name);
  if (variables.empty()) {
    return problem_in(name, "is not a readable MATLAB file with a vector in it; check or copy it");
  }
  const Loaded<std::vector<Variable>> chosen = choose_all(variables, path, options);
  if (!chosen.ok()) {
    return chosen.problem();
  }
  const Loaded<Known> known = look_up(path, chosen->front());
  if (!known.ok()) {
    return known.problem();
  }
  if (!options.rate_hz && !known->rate_hz) {
    return problem_in(name,
                      "MATLAB files hold no sample rate, and no manifest.csv beside or above lists "
                      "this recording; set it with --rate HZ");
  }
  std::vector<std::string> wanted;
  for (const Variable& variable : *chosen) {
    wanted.push_back(variable.name);
  }
  const std::string speed = rpm_variable(variables, chosen->front());
  if (!speed.empty()) {
    wanted.push_back(speed);
  }
  const std::vector<std::vector<double>> columns = read_variables(name, wanted);
  if (columns.size() != wanted.size()) {
    return problem_in(name, "is damaged: its samples can not be read; copy it again");
  }
  for (std::size_t i = 0; i < chosen->size(); ++i) {
    if (columns[i].size() != (*chosen)[i].length) {
      return problem_in(name, "is damaged: " + wanted[i] + " is cut off; copy it again");
    }
  }
  const Loaded<std::vector<double>> values = interleaved(columns, *chosen, name);
  if (!values.ok()) {
    return values.problem();
  }
  Recording recording;
  recording.axes = static_cast<std::uint32_t>(chosen->size());
  recording.source = name;
  for (const Variable& variable : *chosen) {
    recording.source += " [" + variable.name + "]";
  }
  recording.label = known->label;
  recording.rpm = known->rpm;
  if (!speed.empty() && columns.back().size() == 1 && std::isfinite(columns.back()[0]) &&
      columns.back()[0] > 0.0) {
    recording.rpm = columns.back()[0];
  }
  recording.rate_hz = options.rate_hz ? *options.rate_hz : *known->rate_hz;
  if (!options.rate_hz) {
    recording.notes.push_back("rate " + shown(recording.rate_hz) + " Hz from " + known->where);
  }
  const bool one_axis_in_g = recording.axes == 1 && (options.unit == AccelerationUnit::kUnstated ||
                                                     options.unit == AccelerationUnit::kG);
  Counts counts = quantise(*values, one_axis_in_g ? known->step_g.value_or(0.0) : 0.0);
  recording.samples = std::move(counts.samples);
  recording.scale = counts.step * unit_factor(options.unit);
  if (options.unit == AccelerationUnit::kUnstated) {
    recording.notes.emplace_back("the file states no unit: values taken as g (--unit changes it)");
  }
  if (!counts.exact) {
    recording.notes.emplace_back("the converter's step was not found: rounded to 16 bits");
  }
  return recording;
}

}  // namespace aiot::toolkit
