// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/link/commands.hpp"

// A file of its own: a linker keeps all texts of an object file or none.
namespace aiot::link {

const char* to_string(CommandVerb verb) noexcept {
  switch (verb) {
    case CommandVerb::kOfferImage:
      return "offer-image";
    case CommandVerb::kSetPolicy:
      return "set-policy";
    case CommandVerb::kRequestContext:
      return "request-context";
    case CommandVerb::kCommission:
      return "commission";
  }
  return nullptr;
}

const char* to_string(CommandFault fault) noexcept {
  switch (fault) {
    case CommandFault::kNone:
      return "no fault";
    case CommandFault::kForm:
      return "not a sealed message";
    case CommandFault::kUnsigned:
      return "not signed: it has a code in place of a signature";
    case CommandFault::kHeader:
      return "a header that commands do not have";
    case CommandFault::kNoKey:
      return "the device has no operator's key, or could not use it";
    case CommandFault::kSignature:
      return "the signature does not match: changed, signed by somebody else, or not as a command";
    case CommandFault::kPayload:
      return "signed, but not a command";
    case CommandFault::kDevice:
      return "for another device";
    case CommandFault::kReplayed:
      return "replayed: its counter is not above that of a command before";
    case CommandFault::kNoTime:
      return "the device does not know the time yet; send it again when it does";
    case CommandFault::kTimeUncertain:
      return "the device can not tell whether it has expired; send it with a later end";
    case CommandFault::kExpired:
      return "expired";
    case CommandFault::kVerb:
      return "a verb that this version does not know";
    case CommandFault::kArguments:
      return "arguments that its verb does not take";
  }
  return "unknown fault";
}

}  // namespace aiot::link
