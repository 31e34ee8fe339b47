// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/link/commands.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include "aiot/core/check.hpp"
#include "aiot/record/cbor.hpp"
#include "src/link/judge_command.hpp"
#include "src/link/reply.hpp"
#include "src/link/sign1.hpp"

namespace aiot::link {
namespace {

using record::Decoder;
using record::Encoder;

constexpr std::string_view kCommandAad = "aiot-command-1";
constexpr std::string_view kAnswerAad = "aiot-answer-1";

// [device, counter, expires, verb, arguments...]
constexpr std::uint64_t kFixedItems = 4;
constexpr std::uint64_t kMaxUnixS = kMaxUnixMs / 1000;

// [counter, result]
constexpr std::uint64_t kAnswerItems = 2;

// Results of an answer: a fault, or this and an error.
constexpr std::uint64_t kErrorResult = 64;
constexpr std::uint64_t kMaxResult = kErrorResult + std::numeric_limits<std::uint8_t>::max();

constexpr std::uint64_t arguments(CommandVerb verb) noexcept {
  switch (verb) {
    case CommandVerb::kOfferImage:
      return 3;
    case CommandVerb::kSetPolicy:
    case CommandVerb::kCommission:
      return 1;
    case CommandVerb::kRequestContext:
      break;
  }
  return 0;
}

constexpr bool is_verb(std::uint64_t number) noexcept {
  return number >= static_cast<std::uint64_t>(CommandVerb::kOfferImage) &&
         number <= static_cast<std::uint64_t>(CommandVerb::kCommission);
}

// The arguments of a command that is otherwise right.
bool are_allowed(const Command& command) noexcept {
  switch (command.verb) {
    case CommandVerb::kOfferImage:
      return !command.image.name.empty() && command.image.name.size() <= kMaxImageName &&
             command.image.size_bytes > 0;
    case CommandVerb::kSetPolicy:
      return !command.policy.empty();
    case CommandVerb::kCommission:
      return command.observations > 0;
    case CommandVerb::kRequestContext:
      return true;
  }
  return false;
}

bool read_image(Decoder& decoder, ImageOffer& image) noexcept {
  const Result<std::string_view> name = decoder.read_text();
  const Result<std::uint64_t> size = decoder.read_unsigned();
  const Result<Bytes> hash = decoder.read_bytes();
  if (!name.ok() || !size.ok() || !hash.ok() || hash->size() != image.hash.size()) {
    return false;
  }
  image.name = *name;
  image.size_bytes = *size;
  std::ranges::copy(*hash, image.hash.begin());
  return true;
}

bool read_arguments(Decoder& decoder, Command& command) noexcept {
  switch (command.verb) {
    case CommandVerb::kOfferImage:
      return read_image(decoder, command.image) && are_allowed(command);
    case CommandVerb::kSetPolicy:
      command.policy = decoder.read_bytes().value_or({});
      return are_allowed(command);
    case CommandVerb::kCommission: {
      const std::uint64_t count = decoder.read_unsigned().value_or(0);
      command.observations = count <= std::numeric_limits<std::uint32_t>::max()
                                 ? static_cast<std::uint32_t>(count)
                                 : 0;
      return are_allowed(command);
    }
    case CommandVerb::kRequestContext:
      return true;
  }
  return false;
}

// Expired for certain, good for certain, or neither.
CommandFault check_time(std::uint64_t expires_s, const Result<WallTime>& now) noexcept {
  if (!now.ok()) {
    return CommandFault::kNoTime;
  }
  // To the end of the second that it names.
  const auto end_ms = static_cast<std::int64_t>(expires_s) * 1000 + 999;
  if (now->unix_ms - now->uncertainty_ms > end_ms) {
    return CommandFault::kExpired;
  }
  return now->unix_ms + now->uncertainty_ms > end_ms ? CommandFault::kTimeUncertain
                                                     : CommandFault::kNone;
}

}  // namespace

CommandGuard::CommandGuard(std::string_view device,
                           hal::KeyStoreRef keys,
                           std::uint64_t last_counter) noexcept
    : device_(device), keys_(keys), last_counter_(last_counter) {
  AIOT_CHECK(is_device_name(device));
}

CommandVerdict CommandGuard::check(Bytes message, const Result<WallTime>& now) const noexcept {
  CommandVerdict verdict;
  const record::CoseView view = record::decode_cose(message);
  verdict.form = view.fault;
  verdict.fault = check_signature(view);
  if (!verdict.ok()) {
    return verdict;
  }
  verdict.authentic = true;
  verdict.fault = judge_command(view.payload, device_, last_counter_, now, verdict.command);
  return verdict;
}

CommandFault CommandGuard::check_signature(const record::CoseView& view) const noexcept {
  if (!view.ok()) {
    return CommandFault::kForm;
  }
  if (view.kind != record::CoseKind::kSign1) {
    return CommandFault::kUnsigned;
  }
  if (!view.headers.aiot.empty()) {
    return CommandFault::kHeader;
  }
  switch (check_sign1(view, kCommandAad, hal::KeyId::kCommand, keys_)) {
    case SealFault::kNone:
      return CommandFault::kNone;
    case SealFault::kSeal:
      return CommandFault::kSignature;
    case SealFault::kHeader:
      return CommandFault::kHeader;
    default:
      return CommandFault::kNoKey;
  }
}

CommandFault judge_command(Bytes payload,
                           std::string_view device_name,
                           std::uint64_t last_counter,
                           const Result<WallTime>& now,
                           Command& command) noexcept {
  Decoder decoder(payload, record::Form::kShortest);
  const std::uint64_t items = decoder.read_array().value_or(0);
  const Result<std::string_view> device = decoder.read_text();
  const Result<std::uint64_t> counter = decoder.read_unsigned();
  const Result<std::uint64_t> expires = decoder.read_unsigned();
  const Result<std::uint64_t> verb = decoder.read_unsigned();
  if (items < kFixedItems || !device.ok() || !counter.ok() || !expires.ok() ||
      *expires > kMaxUnixS || !verb.ok()) {
    return CommandFault::kPayload;
  }
  Decoder behind = decoder;
  if (!is_rest(behind, items - kFixedItems)) {
    return CommandFault::kPayload;
  }
  command.device = *device;
  command.counter = *counter;
  command.expires_unix_s = *expires;
  if (*device != device_name) {
    return CommandFault::kDevice;
  }
  if (*counter <= last_counter) {
    return CommandFault::kReplayed;
  }
  if (const CommandFault fault = check_time(*expires, now); fault != CommandFault::kNone) {
    return fault;
  }
  if (!is_verb(*verb)) {
    return CommandFault::kVerb;
  }
  command.verb = static_cast<CommandVerb>(*verb);
  // More arguments than this version knows could change what they mean.
  return items == kFixedItems + arguments(command.verb) && read_arguments(decoder, command)
             ? CommandFault::kNone
             : CommandFault::kArguments;
}

void CommandGuard::spent(std::uint64_t counter) noexcept {
  AIOT_CHECK(counter >= last_counter_);
  last_counter_ = counter;
}

Result<Bytes> seal_command(const Command& command,
                           hal::KeyStoreRef keys,
                           MutableBytes out) noexcept {
  const Bytes name = as_bytes(command.image.name.data(), command.image.name.size());
  const Bytes device = as_bytes(command.device.data(), command.device.size());
  if (!is_device_name(command.device) || !record::is_utf8(device) || !record::is_utf8(name) ||
      command.counter == 0 || command.expires_unix_s > kMaxUnixS || !are_allowed(command)) {
    return Error::kInvalidArgument;
  }
  Encoder encoder(out);
  encoder.array(kFixedItems + arguments(command.verb));
  encoder.text(command.device);
  encoder.unsigned_integer(command.counter);
  encoder.unsigned_integer(command.expires_unix_s);
  encoder.unsigned_integer(static_cast<std::uint64_t>(command.verb));
  switch (command.verb) {
    case CommandVerb::kOfferImage:
      encoder.text(command.image.name);
      encoder.unsigned_integer(command.image.size_bytes);
      encoder.bytes(command.image.hash);
      break;
    case CommandVerb::kSetPolicy:
      encoder.bytes(command.policy);
      break;
    case CommandVerb::kCommission:
      encoder.unsigned_integer(command.observations);
      break;
    case CommandVerb::kRequestContext:
      break;
  }
  AIOT_TRY_ASSIGN(const Bytes payload, encoder.finish());
  std::array<std::byte, record::max_cose_headers(0, 0)> room{};
  AIOT_TRY_ASSIGN(const Bytes headers,
                  record::encode_cose_headers(record::CoseKind::kSign1, {}, room));
  return seal_sign1(headers, kCommandAad, payload, hal::KeyId::kCommand, keys, out);
}

std::uint16_t result_of(const CommandAnswer& answer) noexcept {
  return answer.error == Error::kNone
             ? static_cast<std::uint16_t>(answer.fault)
             : static_cast<std::uint16_t>(kErrorResult + static_cast<std::uint64_t>(answer.error));
}

CommandAnswer answer_of(std::uint64_t counter, std::uint16_t result) noexcept {
  CommandAnswer answer{.counter = counter};
  if (result < kErrorResult) {
    answer.fault = static_cast<CommandFault>(result);
  } else {
    answer.error = static_cast<Error>(result - kErrorResult);
  }
  return answer;
}

Result<Bytes> seal_answer(const CommandAnswer& answer,
                          const SealConfig& config,
                          hal::KeyStoreRef keys,
                          MutableBytes out) noexcept {
  std::array<std::byte, kMaxReplyPayload> room{};
  Encoder encoder(room);
  encoder.array(kAnswerItems);
  encoder.unsigned_integer(answer.counter);
  encoder.unsigned_integer(result_of(answer));
  AIOT_TRY_ASSIGN(const Bytes payload, encoder.finish());
  return seal_reply(kAnswerAad, payload, config, keys, out);
}

OpenedAnswer open_answer(Bytes message, const SealConfig& config, hal::KeyStoreRef keys) noexcept {
  OpenedAnswer opened;
  const OpenedReply reply = open_reply(message, kAnswerAad, config, keys);
  opened.fault = reply.fault;
  opened.form = reply.form;
  if (!opened.ok()) {
    return opened;
  }
  Decoder decoder(reply.payload, record::Form::kShortest);
  const std::uint64_t items = decoder.read_array().value_or(0);
  const Result<std::uint64_t> counter = decoder.read_unsigned();
  const Result<std::uint64_t> result = decoder.read_unsigned();
  if (items < kAnswerItems || !counter.ok() || !result.ok() || *result > kMaxResult ||
      !is_rest(decoder, items - kAnswerItems)) {
    opened.fault = SealFault::kPayload;
    return opened;
  }
  opened.answer = answer_of(*counter, static_cast<std::uint16_t>(*result));
  return opened;
}

}  // namespace aiot::link
