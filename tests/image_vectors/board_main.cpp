// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// Verifies images of the host on a board. Argument `list=FILE`, a row a line, with tabs between:
// kind of the key (p256, rsa2048, or "-": hash only), stored counter or "-", address of the slot or
// "-", file of the key or "-", file of the image. Prints the number of the fault of each row.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "aiot/update/image.hpp"
#include "ports/baremetal/semihosting.hpp"
#include "tests/image_vectors/crypto.hpp"

namespace {

namespace host = aiot::baremetal::semihosting;
namespace update = aiot::update;

constinit std::array<std::byte, 64U << 10U> list_memory{};
constinit std::array<std::byte, 1U << 20U> image_memory{};
constinit std::array<std::byte, 512> key_memory{};

[[noreturn]] void fail(std::string_view what, std::string_view name) noexcept {
  host::print("image_vectors: ");
  host::print(what);
  host::print(" ");
  host::print(name);
  host::print("\n");
  host::exit(1);
}

aiot::Bytes read_file(std::string_view path, aiot::MutableBytes memory) noexcept {
  host::File file;
  if (!file.open(path, host::OpenMode::kRead).ok()) {
    fail("can not open", path);
  }
  const auto size = file.size();
  if (!size.ok() || *size > memory.size()) {
    fail("no room for", path);
  }
  const auto read = file.read(memory.first(*size));
  if (!read.ok() || *read != *size) {
    fail("can not read", path);
  }
  return memory.first(*size);
}

std::string_view take(std::string_view& rest, char end) noexcept {
  std::size_t size = 0;
  while (size < rest.size() && rest[size] != end) {
    ++size;
  }
  const std::string_view word(rest.data(), size);
  rest.remove_prefix(size < rest.size() ? size + 1 : size);
  return word;
}

std::optional<std::uint32_t> number(std::string_view digits) noexcept {
  if (digits == "-") {
    return std::nullopt;
  }
  std::uint32_t value = 0;
  for (const char digit : digits) {
    value = 10 * value + static_cast<std::uint32_t>(digit - '0');
  }
  return value;
}

std::uint32_t verify(std::string_view line) noexcept {
  update::VerifyPolicy policy;
  const std::string_view kind = take(line, '\t');
  policy.stored_counter = number(take(line, '\t'));
  policy.slot_address = number(take(line, '\t'));
  const std::string_view key_path = take(line, '\t');
  policy.schemes = aiot::image_vectors::schemes();
  update::TrustedKey key;
  if (kind == "-") {
    policy.signature = update::SignatureRule::kHashOnly;
  } else {
    key.kind = kind == "rsa2048" ? aiot::crypto::KeyKind::kRsa2048 : aiot::crypto::KeyKind::kP256;
    key.encoding = read_file(key_path, key_memory);
    policy.keys = {&key, 1};
  }
  std::array<std::byte, update::kMinVerifyBuffer> buffer{};
  return static_cast<std::uint32_t>(
      update::verify_image(read_file(line, image_memory), policy, buffer).fault);
}

}  // namespace

int main() {
  std::array<char, 512> words{};
  const auto line = host::command_line(words);
  const std::string_view path = host::argument(line.value_or(""), "list");
  const aiot::Bytes list = read_file(path, list_memory);
  std::string_view rest(reinterpret_cast<const char*>(list.data()), list.size());
  aiot::image_vectors::begin();
  while (!rest.empty()) {
    host::print(verify(take(rest, '\n')));
    host::print("\n");
  }
  return 0;
}
