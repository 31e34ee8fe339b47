// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/device/command_service.hpp"

#include <algorithm>
#include <limits>

#include "aiot/crypto/sha256.hpp"
#include "aiot/decide/policy_bytes.hpp"

namespace aiot::device {

using link::Command;
using link::CommandAnswer;
using link::CommandFault;
using link::CommandVerb;

namespace {

CommandId id_of(Bytes message) noexcept {
  const Hash256 hash = crypto::sha256(message);
  CommandId id{};
  std::copy_n(hash.begin(), id.size(), id.begin());
  return id;
}

}  // namespace

CommandService::CommandService(Device& device,
                               CommandRecord& record,
                               hal::KeyStoreRef keys,
                               const CommandServiceConfig& config) noexcept
    : CommandService(&device, record, keys, config) {}

CommandService::CommandService(CommandRecord& record,
                               hal::KeyStoreRef keys,
                               const CommandServiceConfig& config) noexcept
    : CommandService(nullptr, record, keys, config) {}

CommandService::CommandService(Device* device,
                               CommandRecord& record,
                               hal::KeyStoreRef keys,
                               const CommandServiceConfig& config) noexcept
    : device_(device),
      record_(record),
      keys_(keys),
      config_(config),
      guard_(config.seal.device, keys, record.state().counter),
      newest_(link::answer_of(record.state().counter, record.state().result)) {}

Result<Bytes> CommandService::take(Bytes message,
                                   const Result<link::WallTime>& time,
                                   Instant now,
                                   MutableBytes out) noexcept {
  if (device_ != nullptr && !device_->started()) {
    return Error::kWrongState;
  }
  const link::CommandVerdict verdict = guard_.check(message, time);
  CommandAnswer answer{.counter = verdict.command.counter, .fault = verdict.fault};
  if (verdict.ok()) {
    answer = carry_out(verdict.command, message, now);
  } else {
    refused(answer, now);
    if (verdict.fault == CommandFault::kReplayed && is_newest(verdict.command, message)) {
      answer = newest_;
    }
  }
  if (!verdict.authentic) {
    return Bytes{};
  }
  return link::seal_answer(answer, config_.seal, keys_, out).value_or({});
}

bool CommandService::is_newest(const Command& command, Bytes message) const noexcept {
  return command.counter == guard_.last_counter() && id_of(message) == record_.state().id;
}

CommandAnswer CommandService::carry_out(const Command& command,
                                        Bytes message,
                                        Instant now) noexcept {
  CommandAnswer answer{.counter = command.counter, .error = Error::kCorrupt};
  if (record_.mounted()) {
    CommandState next = record_.state();
    next.counter = command.counter;
    next.id = id_of(message);
    answer.error = prepare(command, next);
    // What only the memory holds is gone with a restart before its end.
    const bool restart_ends_it = command.verb == CommandVerb::kCommission;
    next.result = link::result_of({.error = answer.error == Error::kNone && restart_ends_it
                                                ? Error::kWrongState
                                                : answer.error});
    const Status stored = record_.write(next);
    if (stored.ok()) {
      guard_.spent(command.counter);
      answer.error = answer.error == Error::kNone ? act(command) : answer.error;
      newest_ = answer;
    } else {
      answer.error = stored.error();
    }
  }
  if (answer.error != Error::kNone) {
    refused(answer, now);
    return answer;
  }
  const auto verb = static_cast<std::uint32_t>(command.verb);
  note(EventId::kCommandTaken, Error::kNone, verb, now);
  tell(update::AuditKind::kCommand, command.counter, verb, now);
  return answer;
}

/// Whether the command can be carried out, and what of it outlives a restart.
Error CommandService::prepare(const Command& command, CommandState& next) const noexcept {
  if (device_ == nullptr && command.verb != CommandVerb::kOfferImage) {
    return Error::kUnsupported;
  }
  switch (command.verb) {
    case CommandVerb::kSetPolicy: {
      const auto policy = decide::decode_policy(command.policy);
      if (!policy.ok()) {
        return policy.error();
      }
      if (policy->has_value() && !device_->check_policy(**policy).ok()) {
        return Error::kInvalidArgument;
      }
      next.policy = *policy;
      return Error::kNone;
    }
    case CommandVerb::kOfferImage:
      if (config_.image_source.empty() || command.image.name != config_.image_source) {
        return Error::kUnsupported;
      }
      if (command.image.size_bytes > std::numeric_limits<std::uint32_t>::max()) {
        return Error::kOutOfRange;
      }
      next.file =
          OfferedFile{static_cast<std::uint32_t>(command.image.size_bytes), command.image.hash};
      return Error::kNone;
    case CommandVerb::kCommission:
      return device_->pipeline().condition() == nullptr ? Error::kUnsupported : Error::kNone;
    case CommandVerb::kRequestContext:
      break;
  }
  return Error::kNone;
}

Error CommandService::act(const Command& command) noexcept {
  switch (command.verb) {
    case CommandVerb::kSetPolicy:
      return device_->use_policy(record_.state().policy).error();
    case CommandVerb::kRequestContext:
      return device_->request_context().error();
    case CommandVerb::kCommission:
      return device_->commission(command.observations).error();
    case CommandVerb::kOfferImage:
      break;  // it is in the record, where images are looked up
  }
  return Error::kNone;
}

void CommandService::refused(const CommandAnswer& answer, Instant now) noexcept {
  const std::uint32_t result = link::result_of(answer);
  note(EventId::kCommandRefused, answer.error, result, now);
  if (refusals_.take(now)) {
    tell(update::AuditKind::kRefused, answer.counter, result, now);
  }
}

void CommandService::note(EventId id, Error error, std::uint32_t value, Instant now) noexcept {
  if (device_ != nullptr) {
    device_->note({id, error, value, now});
  }
}

void CommandService::tell(update::AuditKind kind,
                          std::uint64_t counter,
                          std::uint32_t code,
                          Instant now) noexcept {
  if (config_.witness.tell == nullptr) {
    return;
  }
  update::AuditEntry entry;
  entry.kind = kind;
  entry.code = code;
  store_le64(entry.id.data(), counter);
  config_.witness.tell(config_.witness.object, entry, now);
}

}  // namespace aiot::device
